using Sluice.Seal;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Factors;

/// <summary>
/// What was begun in this browser and waits for its second half: a code after the password, or the answer of a passkey. It is kept in the
/// store, works once and for five minutes, and is named by a cookie that opens nothing else.
/// </summary>
internal sealed class SignInStep(PublicAddress address, TimeProvider clock)
{
    /// <summary>A password was right and a code is to come; the state is tenant and member.</summary>
    public const string Code = "code";

    /// <summary>Somebody wants to sign in with a passkey; the state is the handler's.</summary>
    public const string PasskeySignIn = "passkey sign-in";

    /// <summary>A person who is signed in adds a passkey; the state is the handler's.</summary>
    public const string PasskeyAdd = "passkey add";

    /// <summary>How long it waits.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private string Name => address.IsPlainLoopback ? "sluice_step" : "__Host-sluice_step";

    /// <summary>Keeps it, in the caller's write.</summary>
    /// <returns>The token for <see cref="Give"/> alone.</returns>
    public async Task<string> Begin(Session session, string kind, string? email, string state)
    {
        var token = TokenText.Mint();
        await SignInStepStore.Insert(
            session,
            TokenText.Hash(token),
            kind,
            email,
            state,
            (clock.GetUtcNow() + Lifetime).ToUnixTimeMilliseconds()
        );
        return token;
    }

    /// <summary>Puts the cookie into the answer.</summary>
    public void Give(HttpContext context, string token)
    {
        var cookie = Shape();
        cookie.MaxAge = Lifetime;
        context.Response.Cookies.Append(Name, token, cookie);
    }

    public void Clear(HttpContext context) => context.Response.Cookies.Delete(Name, Shape());

    /// <summary>What waits; null when nothing of the kind does.</summary>
    public async Task<BegunStep?> Find(Session session, HttpContext context, string kind) =>
        Token(context) is { } token
            ? await SignInStepStore.Find(session, TokenText.Hash(token), kind, Now())
            : null;

    /// <summary>Takes what waits, which is used up, also when the write it is in goes on to refuse; null when nothing of the kind waits.</summary>
    public async Task<BegunStep?> Take(Session session, HttpContext context, string kind)
    {
        if (Token(context) is not { } token)
            return null;
        var hash = TokenText.Hash(token);
        var found = await SignInStepStore.Find(session, hash, kind, Now());
        return found is not null && await SignInStepStore.Use(session, hash) ? found : null;
    }

    private string? Token(HttpContext context) =>
        context.Request.Cookies.TryGetValue(Name, out var text) && TokenText.HasShape(text)
            ? text
            : null;

    private CookieOptions Shape() =>
        new()
        {
            HttpOnly = true,
            Secure = !address.IsPlainLoopback,
            SameSite = SameSiteMode.Strict,
            Path = "/",
            IsEssential = true,
        };

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>A step as it is kept.</summary>
internal sealed record BegunStep
{
    /// <summary>Whose it is; null while nobody is known.</summary>
    public string? Email { get; init; }

    public required string State { get; init; }
}

/// <summary>SQL on <c>sign_in_steps</c>.</summary>
internal static class SignInStepStore
{
    public static Task Insert(
        Session session,
        byte[] hash,
        string kind,
        string? email,
        string state,
        long expires
    ) =>
        session.House.Execute(
            "INSERT INTO sign_in_steps (hash, kind, email, state, expires_at) VALUES (@hash, @kind, @email, @state, @expires)",
            new
            {
                hash,
                kind,
                email,
                state,
                expires,
            }
        );

    public static Task<BegunStep?> Find(Session session, byte[] hash, string kind, long now) =>
        session.House.First<BegunStep>(
            "SELECT email, state FROM sign_in_steps WHERE hash = @hash AND kind = @kind AND expires_at > @now",
            new
            {
                hash,
                kind,
                now,
            }
        );

    /// <returns>Whether nobody else was first.</returns>
    public static async Task<bool> Use(Session session, byte[] hash) =>
        await session.House.Execute("DELETE FROM sign_in_steps WHERE hash = @hash", new { hash })
        == 1;

    /// <summary>Ends all that a person has begun, as a new password does.</summary>
    public static Task Forget(Session session, string email) =>
        session.House.Execute("DELETE FROM sign_in_steps WHERE email = @email", new { email });

    public static Task<int> ForgetBefore(Session session, long before) =>
        session.House.Execute(
            "DELETE FROM sign_in_steps WHERE expires_at < @before",
            new { before }
        );
}
