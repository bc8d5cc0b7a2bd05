using Sluice.Language;
using Sluice.Server.Identity.Passwords;
using Sluice.Server.Identity.Sessions;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Tenants;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Factors;

/// <summary>The second half of signing in, in the browser that began: a code after the password that was right.</summary>
internal sealed partial class SignInWithCode(
    Database database,
    SecondFactor second,
    SignInStep steps,
    SessionOpener opener,
    ILogger<SignInWithCode> log
)
{
    internal sealed record Request
    {
        /// <summary>Six digits of the authenticator, or a recovery code.</summary>
        public string? Code { get; init; }
    }

    public static async Task<IResult> Handle(HttpContext context, SignInWithCode act)
    {
        var body = await Body.Read(context, FactorJson.Default.SignInWithCodeRequest);
        if (body.Refused)
            return body.Refusal;
        var signedIn = await act.Sign(context, body.Value);
        context.Response.Headers.CacheControl = "no-store";
        return signedIn.Refused
            ? signedIn.Refusal
            : TypedResults.Json(signedIn.Value, SessionJson.Default.SessionShown);
    }

    /// <summary>Keeps that a password was right, so that a code is enough from here on; the cookie is in the answer.</summary>
    /// <returns>What the caller refuses with.</returns>
    public async Task<Refusal> Begin(HttpContext context, Tenant tenant, Member member)
    {
        var token = await database.Write(session =>
            steps.Begin(session, SignInStep.Code, member.Email, $"{tenant.Id} {member.Id}")
        );
        steps.Give(context, token);
        return FactorRefusals.CodeNeeded;
    }

    /// <summary>Signs in, with the cookie in the answer; or says why not. A wrong code leaves the step as it is.</summary>
    public async Task<Outcome<SessionShown>> Sign(HttpContext context, Request request)
    {
        if (request.Code is not { Length: >= 1 and <= SecondFactor.LongestCode } code)
            return CommonRefusals.InvalidInput.With([
                new Mistake(
                    "code",
                    "code is needed: six digits of the authenticator, or a recovery code",
                    Where: "code"
                ),
            ]);
        var stop = context.RequestAborted;
        var begun = await database.Read(
            session => steps.Find(session, context, SignInStep.Code),
            stop
        );
        if (begun is not { Email: { } email })
            return FactorRefusals.StepOver;
        var tenantId = begun.State.Split(' ')[0];
        Refusal? over = null;
        (SessionShown Shown, string Token)? opened = null;
        var refusal = await second.Try(
            context,
            email,
            async session =>
            {
                await LoginStore.Hold(session, email);
                if (await second.Accept(session, email, code) is not { } how)
                    return false;
                if (await Person(session, begun) is not var (tenant, member) || tenant is null)
                    over = FactorRefusals.StepOver;
                else if (await steps.Take(session, context, SignInStep.Code) is null)
                    over = FactorRefusals.StepOver;
                else
                    opened = await opener.Open(session, context, tenant, member, how);
                return true;
            }
        );
        if (refusal is not null)
            Origin.Claim(context, tenantId, email);
        if ((refusal ?? over) is { } no)
            return no;
        var (shown, token) = opened!.Value;
        steps.Clear(context);
        opener.Give(context, shown, token);
        LogSignedIn(log, tenantId, shown.SessionId);
        return shown;
    }

    /// <summary>Who had shown the password, if that person can still sign in.</summary>
    private static async Task<(Tenant? Tenant, Member Member)?> Person(
        Session session,
        BegunStep begun
    )
    {
        if (begun.State.Split(' ') is not [var tenantId, var memberId])
            return null;
        var tenant = await TenantStore.Find(session, tenantId);
        var member = await OwnerStore.FindMember(session, tenantId, memberId);
        return member is { CanSignIn: true } ? (tenant, member) : null;
    }

    [LoggerMessage(
        1152,
        LogLevel.Information,
        "A member of tenant {TenantId} signed in with a code: session {SessionId}"
    )]
    private static partial void LogSignedIn(ILogger log, string tenantId, string sessionId);
}
