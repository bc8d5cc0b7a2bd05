using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Sessions;

/// <summary>
/// Where a change comes from that a browser would sign with its cookie: a page of this house, or one elsewhere that rides on it.
/// Browsers say so in <c>Sec-Fetch-Site</c> and <c>Origin</c>, which no page can write.
/// </summary>
internal sealed class SameOrigin(PublicAddress address)
{
    /// <summary>What a program that is no browser sends beside a session's cookie; a page elsewhere cannot send it.</summary>
    public const string Header = "Sluice-Csrf";

    /// <summary>Whether a browser says that another site asked for it.</summary>
    public bool IsForeign(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"];
        if (site.Count > 0 && site != "same-origin" && site != "none")
            return true;
        var origin = request.Headers.Origin;
        return origin.Count > 0 && !IsOurs(origin.ToString(), request);
    }

    /// <summary>Whether it is known to come from here; where nothing says so, it is not.</summary>
    public bool IsOwn(HttpRequest request) =>
        !IsForeign(request)
        && (
            request.Headers["Sec-Fetch-Site"] == "same-origin"
            || request.Headers.Origin.Count > 0
            || request.Headers.ContainsKey(Header)
        );

    // `null`, as sandboxed pages send it, is no address and so nobody's.
    private bool IsOurs(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var from)
        && (from.Scheme == "https" || address.Url.Scheme == "http")
        && (from.Authority == request.Host.Value || from.Authority == address.Url.Authority);
}
