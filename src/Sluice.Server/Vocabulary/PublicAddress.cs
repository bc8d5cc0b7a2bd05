using System.Net;

namespace Sluice.Server.Vocabulary;

/// <summary>
/// Where people reach this house: the operator's <c>--public-url</c>, else where it listens. Links are made of it, never of
/// what a request says in <c>Host</c>, which anybody can write.
/// </summary>
/// <param name="configured">An origin such as <c>https://sluice.example.com</c>; null when the operator named none.</param>
/// <param name="listening">The addresses that the server listens on; asked when the first link is made.</param>
internal sealed class PublicAddress(string? configured, Func<IEnumerable<string>> listening)
{
    private readonly Lazy<(Uri Url, bool PlainLoopback)> _found = new(() =>
        Find(configured, listening)
    );

    /// <summary>Scheme, host and port.</summary>
    public Uri Url => _found.Value.Url;

    /// <summary>Plain HTTP that does not leave this machine: here alone a cookie may do without <c>Secure</c>.</summary>
    public bool IsPlainLoopback => _found.Value.PlainLoopback;

    /// <summary><c>https://sluice.example.com</c>, with no slash at its end.</summary>
    public string Origin => Url.GetLeftPart(UriPartial.Authority);

    /// <param name="path">With its slash.</param>
    public string At(string path) => Origin + path;

    /// <summary>Whether a text can be configured: an origin, with https unless it is this machine.</summary>
    public static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && (url.Scheme == "https" || (url.Scheme == "http" && url.IsLoopback))
        && url is { AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" };

    private static (Uri, bool) Find(string? configured, Func<IEnumerable<string>> listening)
    {
        if (configured is not null)
        {
            var named = new Uri(configured);
            return (named, named.Scheme == "http");
        }
        var address = listening()
            .Select(BindingAddress.Parse)
            .Where(address => !address.IsUnixPipe)
            .OrderByDescending(address => address.Scheme == "https")
            .FirstOrDefault();
        if (address is null)
            return (new Uri("http://localhost"), true);
        var everywhere =
            address.Host is "*" or "+"
            || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IsAny(ip));
        var host = everywhere ? "localhost" : address.Host;
        var url = new Uri($"{address.Scheme}://{host}:{address.Port}");
        return (url, url is { Scheme: "http", IsLoopback: true } && !everywhere);
    }

    private static bool IsAny(IPAddress ip) =>
        ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any);
}
