using Sluice.Language;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Tenants;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Operations.Organizations;

/// <summary>
/// Suspends an organisation, and resumes it: while it is suspended every call with a credential of it is refused with the reason, from the
/// very next one on, on every server. Nothing of it is lost, and runs that go on come to their end.
/// </summary>
internal static partial class SuspendOrganization
{
    internal sealed record Request
    {
        /// <summary>What its people are told, 1 to 500 printable characters.</summary>
        public string? Reason { get; init; }
    }

    public static async Task<IResult> Handle(
        string org,
        HttpContext context,
        Origin origin,
        Database database,
        TimeProvider clock,
        ILogger<Tenant> log
    )
    {
        var body = await Body.Read(context, OrganizationJson.Default.SuspendOrganizationRequest);
        if (body.Refused)
            return body.Refusal;
        var reason = body.Value.Reason?.Trim() ?? "";
        if (reason.Length is < 1 or > 500 || !PlainText.Is(reason))
            return CommonRefusals.InvalidInput.With([
                new Mistake(
                    "reason",
                    "reason is needed: 1 to 500 printable characters, which its people are told",
                    Where: "reason"
                ),
            ]);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var shown = await database.Write(
            session => Set(session, origin, "tenant.suspend", org, reason, now, deleteAt: null),
            context.RequestAborted
        );
        LogSuspended(log, org, reason);
        return ReadOrganizations.Answer(shown);
    }

    public static async Task<IResult> Resume(
        string org,
        Origin origin,
        Database database,
        ILogger<Tenant> log,
        CancellationToken stop
    )
    {
        var shown = await database.Write(
            session =>
                Set(session, origin, "tenant.resume", org, reason: null, at: null, deleteAt: null),
            stop
        );
        LogResumed(log, org);
        return ReadOrganizations.Answer(shown);
    }

    internal static async Task<OrganizationShown?> Set(
        Session session,
        Origin origin,
        string action,
        string org,
        string? reason,
        long? at,
        long? deleteAt
    )
    {
        if (await TenantStore.FindByHandle(session, org) is not { } tenant)
            return null;
        await TenantStore.Suspend(session, tenant.Id, reason, at, deleteAt);
        var shown = await ReadOrganizations.Show(session, org);
        await Audit.Record(
            session,
            origin,
            new Fact(action, "tenant", tenant.Id)
            {
                TenantId = tenant.Id,
                ["reason"] = reason,
                ["delete_at"] = deleteAt is { } ms
                    ? Seal.LedgerTime.Write(DateTimeOffset.FromUnixTimeMilliseconds(ms))
                    : null,
            }
        );
        return shown;
    }

    [LoggerMessage(1210, LogLevel.Information, "Organisation {OrgId} suspended: {Reason}")]
    private static partial void LogSuspended(ILogger log, string orgId, string reason);

    [LoggerMessage(1211, LogLevel.Information, "Organisation {OrgId} resumed")]
    private static partial void LogResumed(ILogger log, string orgId);
}
