using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

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

    /// <summary>Whether the operator has named issuers beside the system's.</summary>
    public bool HasBundle => _more.Count > 0;

    /// <param name="bundle">PEM file of issuers beside the system's; null for none.</param>
    /// <param name="certificate">PEM file of the client certificate, followed by those that lead to its issuer; null for none.</param>
    /// <param name="key">PEM file of its private key, not encrypted.</param>
    /// <exception cref="OutboundSettingException">They cannot be used.</exception>
    public static OutboundTrust Read(string? bundle, string? certificate, string? key)
    {
        if (certificate is null != key is null)
            throw new OutboundSettingException(
                "Outbound:ClientCertificate and Outbound:ClientKey belong together; set both."
            );
        try
        {
            var more = new X509Certificate2Collection();
            if (bundle is not null)
            {
                more.ImportFromPemFile(bundle);
                if (more.Count == 0)
                    throw new OutboundSettingException(
                        $"Outbound:CaBundle ({bundle}) holds no certificate."
                    );
            }
            if (certificate is null)
                return new OutboundTrust(more, null, null);
            var own = X509Certificate2.CreateFromPemFile(certificate, key!);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certificate);
            chain.RemoveAt(0);
            return new OutboundTrust(
                more,
                own,
                SslStreamCertificateContext.Create(own, chain, offline: true)
            );
        }
        catch (Exception error)
            when (error
                    is CryptographicException
                        or ArgumentException
                        or IOException
                        or UnauthorizedAccessException
            )
        {
            throw new OutboundSettingException(
                $"What is trusted cannot be read: look at Outbound:CaBundle ({bundle ?? "not set"}), Outbound:ClientCertificate ({certificate ?? "not set"}) and Outbound:ClientKey, which are PEM files, the key not encrypted."
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
