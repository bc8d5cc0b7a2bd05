using Sluice.Language;
using Sluice.Seal;
using Sluice.Server.Identity.Factors;
using Sluice.Server.Identity.Sessions;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Passwords;

/// <summary>
/// Sets a new password with the code of a link; the link is used up, and all sessions of the person end everywhere. A link that came by
/// mail leaves authenticator and passkeys; one of the operator's is for somebody who has lost them, or never had them, and takes them away.
/// </summary>
internal sealed partial class ResetPassword(
    Database database,
    PasswordCheck passwords,
    TimeProvider clock,
    ILogger<ResetPassword> log
)
{
    internal sealed record Request
    {
        /// <summary>What stands behind the <c>#</c> of the link.</summary>
        public string? Token { get; init; }

        /// <summary>12 characters or more.</summary>
        public string? Password { get; init; }
    }

    public static async Task<IResult> Handle(HttpContext context, Origin origin, ResetPassword act)
    {
        var body = await Body.Read(context, PasswordJson.Default.ResetPasswordRequest);
        if (body.Refused)
            return body.Refusal;
        return await act.Set(origin, body.Value, context.RequestAborted) is { } refusal
            ? refusal
            : TypedResults.NoContent();
    }

    /// <summary>Sets it; the refusal, where it is not set.</summary>
    public async Task<Refusal?> Set(Origin origin, Request request, CancellationToken stop)
    {
        if (request.Token?.Trim() is not { } token || !TokenText.HasShape(token))
            return IdentityRefusals.LinkNotValid;
        var hash = TokenText.Hash(token);
        if (
            await database.Read(session => ResetStore.Find(session, hash, Now()), stop)
            is not { Email: var email } link
        )
            return IdentityRefusals.LinkNotValid;
        var mistakes = new List<Mistake>();
        PasswordRules.Check(request.Password, email, "password", mistakes);
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var stored = await passwords.Store(request.Password!, stop);
        var set = await database.Write(
            async session =>
            {
                var now = Now();
                if (!await ResetStore.Use(session, hash, email, now))
                    return false;
                await LoginStore.SetPassword(session, email, stored, now);
                await SessionStore.EndEverywhere(session, email, null, now);
                if (link.ByOperator == 1)
                    await FactorStore.ForgetAll(session, email);
                await Audit.Record(
                    session,
                    origin,
                    new Fact("password.set", "login", email)
                    {
                        ["how"] =
                            link.ByOperator == 1 ? "with a link of the operator" : "with a link",
                    }
                );
                return true;
            },
            stop
        );
        if (!set)
            return IdentityRefusals.LinkNotValid;
        LogSet(log);
        return null;
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();

    [LoggerMessage(1134, LogLevel.Information, "A password was set anew with a link")]
    private static partial void LogSet(ILogger log);
}
