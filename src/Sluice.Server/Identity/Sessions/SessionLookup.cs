using Microsoft.Extensions.Options;
using Sluice.Seal;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Sessions;

/// <summary>
/// From a cookie to the person, asked of the database on every request, so that what was ended, removed or deactivated anywhere is
/// refused on the very next use everywhere.
/// </summary>
internal sealed class SessionLookup(
    Database database,
    SessionCookie cookie,
    IOptions<SessionOptions> options,
    TimeProvider clock
)
{
    private const long MinuteMs = 60_000;

    /// <summary>
    /// The session of the request's cookie; null when there is none that is good. Where the member's role is another than the cookie
    /// was given for, the answer brings another cookie, and this one opens nothing any more.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The database cannot be asked; nobody is let in.</exception>
    public async Task<FoundSession?> Find(HttpContext context)
    {
        if (cookie.Read(context.Request) is not { } token || !TokenText.HasShape(token))
            return null;
        var hash = TokenText.Hash(token);
        var found = await database.Read(session => SessionStore.Find(session, hash));
        var now = clock.GetUtcNow();
        if (found is null || !IsOpen(found, now.ToUnixTimeMilliseconds()))
            return null;
        return found.Role == found.GivenFor
            ? await Touched(found, now.ToUnixTimeMilliseconds())
            : await Renewed(context, found, hash, now);
    }

    private bool IsOpen(FoundSession found, long now) =>
        found is { EndedAt: null, RemovedAt: null, DeactivatedAt: null }
        && found.ExpiresAt > now
        && found.UsedAt + (long)options.Value.Idle.TotalMilliseconds > now;

    private async Task<FoundSession> Touched(FoundSession found, long now)
    {
        if (now - found.UsedAt >= MinuteMs)
            await database.Write(session =>
                SessionStore.Touch(session, found.TenantId, found.Id, now)
            );
        return found;
    }

    /// <summary>Gives the session of this request another cookie at once; the former opens nothing any more.</summary>
    public async Task Renew(HttpContext context, FoundSession found)
    {
        if (cookie.Read(context.Request) is { } token)
            await Renewed(context, found, TokenText.Hash(token), clock.GetUtcNow());
    }

    /// <summary>The cookie that this answer brings, where the session got another one; null where it did not.</summary>
    public static string? Given(HttpContext context) => context.Features.Get<GivenCookie>()?.Text;

    /// <summary>Tells a request what a request within it was given.</summary>
    public static void Carry(HttpContext inner, HttpContext outer)
    {
        if (inner.Features.Get<GivenCookie>() is { } given)
            outer.Features.Set(given);
    }

    private sealed record GivenCookie(string Text)
    {
        public override string ToString() => "GivenCookie";
    }

    private async Task<FoundSession?> Renewed(
        HttpContext context,
        FoundSession found,
        byte[] former,
        DateTimeOffset now
    )
    {
        var token = TokenText.Mint();
        var renewed = await database.Write(session =>
            SessionStore.Renew(
                session,
                found.TenantId,
                found.Id,
                former,
                TokenText.Hash(token),
                found.Role
            )
        );
        if (renewed == 0)
            return null;
        context.Features.Set(new GivenCookie(token));
        cookie.Set(
            context.Response,
            token,
            DateTimeOffset.FromUnixTimeMilliseconds(found.ExpiresAt),
            now
        );
        return found;
    }
}
