using System.Text.Json;
using Sluice.Language;
using Sluice.Server.Identity.Factors;
using Sluice.Server.Identity.Passwords;
using Sluice.Server.Identity.Sessions;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Tenants;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Passkeys;

/// <summary>
/// Signs a person in with a passkey and nothing else: the authenticator knows who it is, and has verified the person, so that no code is
/// asked for.
/// </summary>
internal sealed partial class SignInWithPasskey(
    Database database,
    PasskeyCeremony ceremony,
    SignInStep steps,
    SignInLimits limits,
    SessionOpener opener,
    SharedLimits shared,
    TimeProvider clock,
    ILogger<SignInWithPasskey> log
)
{
    private const double BegunPerMinute = 60;

    private readonly TokenBuckets _begun = shared.Of("passkey.begin");

    internal sealed record Request
    {
        /// <summary>The organisation's handle; absent: the only one that the person belongs to.</summary>
        public string? OrgId { get; init; }

        /// <summary>As <c>PublicKeyCredential.toJSON</c> gives it.</summary>
        public JsonElement Credential { get; init; }
    }

    public static async Task<IResult> HandleBegin(HttpContext context, SignInWithPasskey act)
    {
        var begun = await act.Begin(context);
        return begun.Refused ? begun.Refusal : BeginPasskey.Answer(context, begun.Value);
    }

    public static async Task<IResult> Handle(HttpContext context, SignInWithPasskey act)
    {
        var body = await Body.Read(context, PasskeyJson.Default.SignInWithPasskeyRequest);
        if (body.Refused)
            return body.Refusal;
        if (body.Value.Credential.ValueKind != JsonValueKind.Object)
            return CommonRefusals.InvalidInput.With([AddPasskey.NoCredential]);
        var signedIn = await act.Sign(context, body.Value);
        context.Response.Headers.CacheControl = "no-store";
        return signedIn.Refused
            ? signedIn.Refusal
            : TypedResults.Json(signedIn.Value, SessionJson.Default.SessionShown);
    }

    /// <summary>Anybody may begin, and each leaves a row for five minutes: so many from an address, and no more.</summary>
    private async Task<Outcome<string>> Begin(HttpContext context)
    {
        if (!ceremony.IsPossible)
            return PasskeyRefusals.Unavailable;
        var state = _begun.Take(
            Addresses.Name(context.Connection.RemoteIpAddress),
            BegunPerMinute / 60,
            BegunPerMinute
        );
        if (!state.Taken)
            return IdentityRefusals.TooManyTries.With(
                LimitShown.Empty("address", BegunPerMinute, 60, state)
            );
        var (options, asked) = await ceremony.AskForAny(context);
        var token = await database.Write(
            session => steps.Begin(session, SignInStep.PasskeySignIn, null, asked),
            context.RequestAborted
        );
        steps.Give(context, token);
        return options;
    }

    private async Task<Outcome<SessionShown>> Sign(HttpContext context, Request request)
    {
        var address = context.Connection.RemoteIpAddress;
        if (
            limits.Begin(address, $"passkey\n{Addresses.Name(address)}", out var limit)
            is not { } tried
        )
            return IdentityRefusals.TooManyTries.With(limit!);
        var stop = context.RequestAborted;
        var begun = await database.Write(
            session => steps.Take(session, context, SignInStep.PasskeySignIn),
            stop
        );
        steps.Clear(context);
        if (begun is null)
            return FactorRefusals.StepOver;
        if (
            await ceremony.Check(context, request.Credential, begun.State)
            is not { User: { } person, Passkey: { } answered }
        )
        {
            LogFailed(log, Addresses.Show(address));
            return PasskeyRefusals.NotAccepted;
        }
        tried.GiveBack();
        var opened = await database.Write(
            session => Open(session, context, request.OrgId, person.Email, answered),
            stop
        );
        if (opened.Refused)
            return opened.Refusal;
        opener.Give(context, opened.Value.Shown, opened.Value.Token);
        LogSignedIn(log, opened.Value.Shown.SessionId);
        return opened.Value.Shown;
    }

    private sealed record Opened(SessionShown Shown, string Token)
    {
        public override string ToString() => "Opened";
    }

    private async Task<Outcome<Opened>> Open(
        Session session,
        HttpContext context,
        string? org,
        string email,
        Microsoft.AspNetCore.Identity.UserPasskeyInfo answered
    )
    {
        await LoginStore.Hold(session, email);
        // What it was checked with is what is there still: a copy that answers at the same time is not let in beside it.
        var kept = await PasskeyStore.FindByCredential(session, answered.CredentialId);
        if (kept is null || kept.Email != email)
            return PasskeyRefusals.NotAccepted;
        var memberships = await OwnerStore.Memberships(session, email);
        var fitting = org is null
            ? memberships
            : [.. memberships.Where(each => each.Handle == org)];
        if (fitting.Count > 1)
            return PasskeyRefusals.OrganizationNeeded.With([
                .. fitting.Select(each => new Mistake(
                    "organization",
                    each.Handle,
                    Where: "org_id"
                )),
            ]);
        if (fitting.Count == 0)
            return PasskeyRefusals.NotAccepted;
        var used = await PasskeyStore.Used(
            session,
            answered.CredentialId,
            kept.SignCount,
            answered.SignCount,
            answered.IsBackedUp,
            clock.GetUtcNow().ToUnixTimeMilliseconds()
        );
        if (!used || (kept.SignCount > 0 && answered.SignCount <= kept.SignCount))
            return PasskeyRefusals.NotAccepted;
        var tenant = await TenantStore.Find(session, fitting[0].TenantId);
        var member = await OwnerStore.FindMember(session, fitting[0].TenantId, fitting[0].MemberId);
        var (shown, token) = await opener.Open(session, context, tenant!, member!, "passkey");
        return new Opened(shown, token);
    }

    [LoggerMessage(
        1155,
        LogLevel.Information,
        "A person signed in with a passkey: session {SessionId}"
    )]
    private static partial void LogSignedIn(ILogger log, string sessionId);

    [LoggerMessage(
        1156,
        LogLevel.Information,
        "A try to sign in with a passkey failed, from {Address}"
    )]
    private static partial void LogFailed(ILogger log, string address);
}
