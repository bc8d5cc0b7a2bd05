using Sluice.Language;
using Sluice.Server.Identity.Factors;
using Sluice.Server.Identity.Sessions;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Passwords;

/// <summary>Changes the password of the person who is signed in; all their other sessions end, everywhere, and this one gets another cookie.</summary>
internal sealed partial class ChangePassword(
    Database database,
    PasswordCheck passwords,
    SecondFactor second,
    SessionLookup sessions,
    TimeProvider clock,
    ILogger<ChangePassword> log
)
{
    internal sealed record Request
    {
        public string? CurrentPassword { get; init; }

        /// <summary>12 characters or more.</summary>
        public string? NewPassword { get; init; }

        /// <summary>Of the authenticator, or a recovery code; where the login asks for one.</summary>
        public string? Code { get; init; }
    }

    public static async Task<IResult> Handle(HttpContext context, Caller caller, ChangePassword act)
    {
        var body = await Body.Read(context, PasswordJson.Default.ChangePasswordRequest);
        if (body.Refused)
            return body.Refusal;
        return await act.Change(context, caller, body.Value) is { } refusal
            ? refusal
            : TypedResults.NoContent();
    }

    private async Task<Refusal?> Change(HttpContext context, Caller caller, Request request)
    {
        var stop = context.RequestAborted;
        var found = context.Features.Get<FoundSession>()!;
        var mistakes = new List<Mistake>();
        PasswordRules.Check(request.NewPassword, found.Email, "new_password", mistakes);
        if (request.CurrentPassword is null)
            mistakes.Add(
                new Mistake("password", "current_password is needed", Where: "current_password")
            );
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var proof = new Proof { Password = request.CurrentPassword, Code = request.Code };
        var proven = await second.Prove(context, found, proof);
        if (proven.Refused)
            return proven.Refusal;
        var stored = await passwords.Store(request.NewPassword!, stop);
        var kept = await database.Write(
            async session =>
            {
                if (!await proven.Value.Holds(session))
                    return false;
                var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
                await LoginStore.SetPassword(session, found.Email, stored, now);
                await ResetStore.Forget(session, found.Email);
                await SessionStore.EndEverywhere(session, found.Email, found.Id, now);
                var member = await OwnerStore.FindMember(session, found.TenantId, found.MemberId);
                await Audit.Record(
                    session,
                    Origin.Of(context),
                    MemberFacts.PasswordSet(member!, "changed")
                );
                return true;
            },
            stop
        );
        if (!kept)
            return IdentityRefusals.WrongPassword;
        await sessions.Renew(context, found);
        LogChanged(log, caller.OwnerId, caller.TenantId);
        return null;
    }

    [LoggerMessage(
        1135,
        LogLevel.Information,
        "Member {MemberId} of tenant {TenantId} changed the password"
    )]
    private static partial void LogChanged(ILogger log, string memberId, string tenantId);
}
