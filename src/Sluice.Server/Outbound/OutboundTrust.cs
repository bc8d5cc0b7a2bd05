using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Outbound;

/// <summary>
/// Whose certificates are believed when this house calls another: the system's, and those of the operator's bundle. A certificate that names
/// an issuer to fetch is not followed there, so that nobody makes this server call an address that way.
/// </summary>
internal sealed class OutboundTrust : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private readonly X509Certificate2Collection _more;
    private readonly SslStreamCertificateContext? _shown;

    private OutboundTrust(
        X509Certificate2Collection more,
        X509Certificate2? own,
        SslStreamCertificateContext? shown
    ) => (_more, Own, _shown) = (more, own, shown);

    /// <summary>The client certificate; null when the operator has set none.</summary>
    public X509Certificate2? Own { get; }

    /// <summary>How many issuers the operator has named beside the system's.</summary>
    public int Issuers => _more.Count;

    /// <summary>Whether there are any.</summary>
    public bool HasBundle => Issuers > 0;

    /// <param name="bundle">PEM of issuers beside the system's; null for none.</param>
    /// <param name="certificate">PEM of the client certificate, followed by those that lead to its issuer; null for none.</param>
    /// <param name="key">PEM of its private key, not encrypted.</param>
    /// <exception cref="CertificateException">They cannot be used.</exception>
    public static OutboundTrust Read(byte[]? bundle, byte[]? certificate, byte[]? key)
    {
        try
        {
            var more = new X509Certificate2Collection();
            if (bundle is not null)
            {
                more.ImportFromPem(Encoding.UTF8.GetString(bundle));
                if (more.Count == 0)
                    throw new CertificateException("Outbound:CaBundle holds no certificate.");
            }
            if (certificate is null)
                return new OutboundTrust(more, null, null);
            var pem = Encoding.UTF8.GetString(certificate);
            var own = X509Certificate2.CreateFromPem(pem, Encoding.UTF8.GetString(key!));
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(pem);
            chain.RemoveAt(0);
            return new OutboundTrust(
                more,
                own,
                SslStreamCertificateContext.Create(own, chain, offline: true)
            );
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw new CertificateException(
                "Outbound:CaBundle, Outbound:ClientCertificate and Outbound:ClientKey are PEM files; the key is that of the certificate, and not encrypted."
            );
        }
    }

    /// <summary>How a call is encrypted.</summary>
    /// <param name="shown">Whether the client certificate is shown to a server that asks for one.</param>
    public SslClientAuthenticationOptions Options(bool shown) =>
        new()
        {
            ClientCertificateContext = shown ? _shown : null,
            RemoteCertificateValidationCallback = IsBelieved,
            CertificateChainPolicy = new X509ChainPolicy
            {
                DisableCertificateDownloads = true,
                RevocationMode = X509RevocationMode.NoCheck,
            },
        };

    /// <summary>What the system does not believe is looked up in the operator's bundle; a name that does not fit is never forgiven.</summary>
    public bool IsBelieved(
        object sender,
        X509Certificate? certificate,
        X509Chain? chain,
        SslPolicyErrors errors
    )
    {
        if (errors == SslPolicyErrors.None)
            return true;
        if (
            !HasBundle
            || errors != SslPolicyErrors.RemoteCertificateChainErrors
            || certificate is not X509Certificate2 leaf
        )
            return false;
        using var again = new X509Chain();
        again.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        again.ChainPolicy.CustomTrustStore.AddRange(_more);
        again.ChainPolicy.DisableCertificateDownloads = true;
        again.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        again.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        if (chain is not null)
            again.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
        return again.Build(leaf);
    }

    public void Dispose()
    {
        Own?.Dispose();
        foreach (var issuer in _more)
            issuer.Dispose();
    }
}
