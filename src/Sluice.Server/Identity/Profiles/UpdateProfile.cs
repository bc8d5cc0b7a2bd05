using Sluice.Language;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Profiles;

/// <summary>Changes what a member says of itself: the member that calls, and no other.</summary>
internal static partial class UpdateProfile
{
    internal sealed record Request
    {
        /// <summary>In which the pages show times: a name of the IANA database such as <c>Europe/Berlin</c>; null: none.</summary>
        public string? TimeZone { get; init; }
    }

    public static async Task<IResult> Handle(
        HttpContext context,
        Caller caller,
        Origin origin,
        Database database,
        TimeProvider clock,
        ILogger<Member> log
    )
    {
        if (caller.OwnerKind != OwnerKinds.Member)
            return IdentityRefusals.MembersOnly;
        var body = await Body.Read(context, ProfileJson.Default.UpdateProfileRequest);
        if (body.Refused)
            return body.Refusal;
        // As the database writes it, whatever the case in which it was typed.
        var zone = TimeZones.Find(body.Value.TimeZone)?.Id;
        if (zone is null && body.Value.TimeZone is { } unknown)
            return CommonRefusals.InvalidInput.With([Unknown(unknown)]);
        var changed = await database.Write(
            session => Change(session, caller, origin, zone),
            context.RequestAborted
        );
        if (changed.Refused)
            return changed.Refusal;
        LogChanged(log, caller.OwnerId, caller.TenantId, zone ?? "none");
        return TypedResults.Json(
            ProfileShown.Of(changed.Value, clock.GetUtcNow()),
            ProfileJson.Default.ProfileShown
        );
    }

    private static async Task<Outcome<Member>> Change(
        Session session,
        Caller caller,
        Origin origin,
        string? zone
    )
    {
        var found = await MemberRules.Find(session, caller, caller.OwnerId);
        if (found.Refused || found.Value.TimeZone == zone)
            return found;
        await OwnerStore.SetTimeZone(session, caller.TenantId, caller.OwnerId, zone);
        await Audit.Record(session, origin, MemberFacts.ZoneChosen(found.Value, zone));
        return found.Value with { TimeZone = zone };
    }

    private static Mistake Unknown(string text) =>
        new(
            "time_zone",
            !TimeZones.HasData
                    ? "this server has no data of time zones, so that it knows UTC alone; its operator installs the package tzdata and starts it again"
                : TimeZones.Like(text) is [var name, ..] ? $"no time zone has this name; {name} has"
                : "no time zone has this name; one is Europe/Berlin, or UTC, or null for none",
            Where: "time_zone"
        );

    [LoggerMessage(
        1127,
        LogLevel.Information,
        "Member {MemberId} of tenant {TenantId} has the time zone {TimeZone}"
    )]
    private static partial void LogChanged(
        ILogger log,
        string memberId,
        string tenantId,
        string timeZone
    );
}
