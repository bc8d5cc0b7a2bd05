using Sluice.Language;
using Sluice.Server.Identity.Factors;
using Sluice.Server.Identity.Passwords;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Tenants;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Sessions;

/// <summary>
/// Signs a person in with a password. An unknown organisation, an unknown person, a person who was removed and a wrong password are
/// refused in one way, with the same work.
/// </summary>
internal sealed partial class SignIn(
    Database database,
    PasswordCheck passwords,
    SignInLimits limits,
    SessionOpener opener,
    SecondFactor second,
    SignInWithCode withCode,
    ILogger<SignIn> log
)
{
    internal sealed record Request
    {
        /// <summary>The organisation's handle.</summary>
        public string? OrgId { get; init; }

        /// <summary>The person's address; absent: the organisation's owner.</summary>
        public string? Email { get; init; }

        public string? Password { get; init; }

        /// <summary>Of the authenticator, or a recovery code, where the login asks for one; it may come in a second call instead.</summary>
        public string? Code { get; init; }
    }

    private sealed record Account(Tenant? Tenant, Member? Member, Login? Login, bool NeedsCode);

    public static async Task<IResult> Handle(HttpContext context, SignIn act)
    {
        var body = await Body.Read(context, SessionJson.Default.SignInRequest);
        if (body.Refused)
            return body.Refusal;
        var signedIn = await act.Sign(context, body.Value);
        context.Response.Headers.CacheControl = "no-store";
        return signedIn.Refused
            ? signedIn.Refusal
            : TypedResults.Json(signedIn.Value, SessionJson.Default.SessionShown);
    }

    /// <summary>Signs in, with the cookie in the answer; or says why not.</summary>
    public async Task<Outcome<SessionShown>> Sign(HttpContext context, Request request)
    {
        var mistakes = Check(request);
        return mistakes.Count > 0
            ? CommonRefusals.InvalidInput.With(mistakes)
            : await Try(context, request);
    }

    private async Task<Outcome<SessionShown>> Try(HttpContext context, Request request)
    {
        var account = await Find(request, context.RequestAborted);
        var name = account.Member?.Email ?? $"{request.OrgId}\n{request.Email}";
        if (
            limits.Begin(
                context.Connection.RemoteIpAddress,
                name,
                out var limit,
                withCode: account.NeedsCode && request.Code is not null
            )
            is not { } tried
        )
            return IdentityRefusals.TooManyTries.With(limit!);
        var (right, today) = await passwords.Verify(
            request.Password!,
            account.Login?.Password,
            context.RequestAborted
        );
        if (!right || account is not { Tenant: { } tenant, Member: { CanSignIn: true } member })
        {
            LogFailed(log, Addresses.Show(context.Connection.RemoteIpAddress));
            if (account.Tenant is { } asked)
                Origin.Claim(context, asked.Id, account.Member?.Email);
            return IdentityRefusals.SignInFailed;
        }
        if (account.NeedsCode && request.Code is null)
        {
            tried.GiveBack();
            return await withCode.Begin(context, tenant, member);
        }
        var refusal = FactorRefusals.WrongCode;
        var opened = await database.Write<(SessionShown Shown, string Token)?>(
            async session =>
            {
                var login = await LoginStore.Hold(session, member.Email);
                // A password that was right when it was compared, and is not the person's any more.
                if (login?.ChangedAt != account.Login!.ChangedAt)
                {
                    refusal = IdentityRefusals.SignInFailed;
                    return null;
                }
                if (await How(session, account, request) is not { } how)
                    return null;
                if (today is not null)
                    await LoginStore.Upgrade(session, account.Login!, today);
                return await opener.Open(session, context, tenant, member, how);
            },
            context.RequestAborted
        );
        if (opened is not var (shown, token))
        {
            Origin.Claim(context, tenant.Id, member.Email);
            return refusal;
        }
        tried.WasGood();
        opener.Give(context, shown, token);
        LogSignedIn(log, member.Id, tenant.Id, shown.SessionId);
        return shown;
    }

    /// <summary>With what the person comes in; null when the code is not right.</summary>
    private async Task<string?> How(Session session, Account account, Request request) =>
        account.NeedsCode
            ? await second.Accept(session, account.Member!.Email, request.Code!)
            : "password";

    private Task<Account> Find(Request request, CancellationToken stop) =>
        database.Read(
            async session =>
            {
                var tenant = await TenantStore.FindByHandle(session, request.OrgId!);
                var email = Email.Read(request.Email);
                var member =
                    tenant is null ? null
                    : request.Email is null ? await OwnerStore.FirstOwner(session, tenant.Id)
                    : email is null ? null
                    : await OwnerStore.FindMemberByEmail(session, tenant.Id, email);
                var login = member is null ? null : await LoginStore.Find(session, member.Email);
                var code = member is not null && await SecondFactor.IsOn(session, member.Email);
                return new Account(tenant, member, login, code);
            },
            stop
        );

    private static List<Mistake> Check(Request request)
    {
        var mistakes = new List<Mistake>();
        if (request.OrgId is not { Length: >= 1 and <= 100 })
            mistakes.Add(
                new Mistake(
                    "org_id",
                    "org_id is needed: the organisation's handle",
                    Where: "org_id"
                )
            );
        if (request.Password is not { Length: >= 1 and <= Seal.Password.MaximumLength })
            mistakes.Add(
                new Mistake(
                    "password",
                    $"password is needed: at most {Seal.Password.MaximumLength} characters",
                    Where: "password"
                )
            );
        if (request.Email is { Length: > Email.Longest })
            mistakes.Add(
                new Mistake(
                    "email",
                    $"email has at most {Email.Longest} characters",
                    Where: "email"
                )
            );
        if (request.Code is { Length: > SecondFactor.LongestCode })
            mistakes.Add(
                new Mistake(
                    "code",
                    $"code has at most {SecondFactor.LongestCode} characters",
                    Where: "code"
                )
            );
        return mistakes;
    }

    [LoggerMessage(
        1130,
        LogLevel.Information,
        "Member {MemberId} of tenant {TenantId} signed in: session {SessionId}"
    )]
    private static partial void LogSignedIn(
        ILogger log,
        string memberId,
        string tenantId,
        string sessionId
    );

    [LoggerMessage(1131, LogLevel.Information, "A try to sign in failed, from {Address}")]
    private static partial void LogFailed(ILogger log, string address);
}
