using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

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

    /// <summary>
    /// What is shown to a listener that asks for a certificate (<see cref="CertificateOf"/> reads it from files); null: nothing. It opens the
    /// connection and stands for no key.
    /// </summary>
    public SslStreamCertificateContext? ClientCertificate { get; init; }

    /// <summary>How long an ordinary call may take. Invocations and pushes have no limit here: theirs is the server's.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>What the program calls itself in <c>User-Agent</c>.</summary>
    public string UserAgent { get; init; } = "sluice-dotnet";

    // A record prints its members; these three must never reach a log by that way.
    public override string ToString() => $"SluiceClientOptions {{ Url = {Url} }}";

    /// <summary>A certificate and its key from PEM files, with those that lead to its issuer where the file holds them.</summary>
    /// <param name="certificate">The caller's own first.</param>
    /// <param name="key">The private key, not encrypted; null: it stands in the same file.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="CryptographicException">They are no certificate and key that belong together.</exception>
    public static SslStreamCertificateContext CertificateOf(string certificate, string? key = null)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certificate);
            return SslStreamCertificateContext.Create(
                X509Certificate2.CreateFromPemFile(certificate, key),
                chain,
                offline: true
            );
        }
        catch (ArgumentException error)
        {
            throw new CryptographicException("They do not belong together.", error);
        }
    }
}
