using Microsoft.Extensions.Options;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Sessions;

/// <summary>
/// The cookie of a session: <c>__Host-</c>, <c>HttpOnly</c>, <c>Secure</c>, <c>SameSite=Lax</c>, for this host alone. On plain HTTP that
/// does not leave the machine browsers would drop it, so that there, and only there, it goes without <c>__Host-</c> and <c>Secure</c>.
/// </summary>
internal sealed class SessionCookie(IOptions<SessionOptions> options, PublicAddress address)
{
    /// <summary>Its name unless the operator says otherwise.</summary>
    public const string Usual = "__Host-sluice_session";

    private const string HostPrefix = "__Host-";

    /// <summary>As it is written in this house.</summary>
    public string Name =>
        address.IsPlainLoopback
        && options.Value.Cookie.StartsWith(HostPrefix, StringComparison.Ordinal)
            ? options.Value.Cookie[HostPrefix.Length..]
            : options.Value.Cookie;

    /// <summary>What the request carries; null when there is none.</summary>
    public string? Read(HttpRequest request) =>
        request.Cookies.TryGetValue(Name, out var text) && text.Length > 0 ? text : null;

    public void Set(HttpResponse response, string token, DateTimeOffset expires, DateTimeOffset now)
    {
        var cookie = Shape();
        cookie.MaxAge = TimeSpan.FromSeconds(Math.Max(1, (long)(expires - now).TotalSeconds));
        response.Cookies.Append(Name, token, cookie);
    }

    public void Clear(HttpResponse response) => response.Cookies.Delete(Name, Shape());

    private CookieOptions Shape() =>
        new()
        {
            HttpOnly = true,
            Secure = !address.IsPlainLoopback,
            SameSite = SameSiteMode.Lax,
            Path = "/",
            IsEssential = true,
        };
}
