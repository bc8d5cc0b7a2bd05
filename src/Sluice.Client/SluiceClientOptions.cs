namespace Sluice.Client;

/// <summary>Where the server is and who calls. Proxies and certificate authorities come from the standard environment
/// (<c>HTTPS_PROXY</c>, <c>NO_PROXY</c>, <c>SSL_CERT_FILE</c>, <c>SSL_CERT_DIR</c>).</summary>
public sealed record SluiceClientOptions
{
    /// <summary>The server's address, for example <c>https://sluice.example.com</c>. A path in it is kept as a prefix.</summary>
    public required Uri Url { get; init; }

    /// <summary>The API key sent as <c>Authorization: Bearer</c>; null calls without one (health, the admin family).</summary>
    public string? ApiKey { get; init; }

    /// <summary>
    /// The license key of an organisation, sent as <c>X-License-Key</c> where there is no API key: it opens the runtime families, and no
    /// administration.
    /// </summary>
    public string? LicenseKey { get; init; }

    /// <summary>The operator's key, sent as <c>X-Admin-API-Key</c> to the <c>/api/v1/admin</c> family only.</summary>
    public string? AdminKey { get; init; }

    /// <summary>How long an ordinary call may take. Invocations and pushes have no limit here: theirs is the server's.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>What the program calls itself in <c>User-Agent</c>.</summary>
    public string UserAgent { get; init; } = "sluice-dotnet";

    // A record prints its members; these three must never reach a log by that way.
    public override string ToString() => $"SluiceClientOptions {{ Url = {Url} }}";
}
