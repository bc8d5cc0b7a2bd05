using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Doors.Listeners;

/// <summary>
/// Whose certificate a listener takes: one that an authority of the operator's issued, in force, meant for clients, not revoked, and of
/// an allowed name. Checked at each handshake; its files are read again when they change.
/// </summary>
internal sealed partial class ClientCertificates
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly string _listener;
    private readonly IReadOnlyList<ClientName> _names;
    private readonly WatchedFiles<Trust> _files;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    /// <exception cref="CertificateException">The files cannot be used.</exception>
    public ClientCertificates(Listener listener, TimeProvider clock, ILogger log)
    {
        (_listener, _clock, _log) = (listener.Name, clock, log);
        _names = [.. listener.ClientNames.Select(name => ClientName.Read(name)!)];
        var (ca, crl) = (listener.ClientCa!, listener.ClientCrl);
        _files = new WatchedFiles<Trust>(
            crl is null ? [ca] : [ca, crl],
            files => Load(listener, files),
            $"{listener.Setting(nameof(Listener.ClientCa))} ({ca})"
                + (crl is null ? "" : $" or {listener.Setting(nameof(Listener.ClientCrl))} ({crl})")
                + " cannot be read.",
            clock
        )
        {
            Taken = trust => LogTaken(log, _listener, trust.Authorities.Count),
            Refused = reason => LogNotTaken(log, _listener, reason),
        };
    }

    private sealed record Trust(X509Certificate2Collection Authorities, RevocationLists? Lists);

    /// <summary>How many authorities it trusts.</summary>
    public int Authorities => _files.Known.Authorities.Count;

    /// <summary>Has a handshake ask for a certificate and judge it.</summary>
    public void Guard(SslServerAuthenticationOptions handshake)
    {
        var trust = _files.Current;
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            // By the operator's own lists: the framework would fetch them from where the certificate says.
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = _clock.GetLocalNow().DateTime,
        };
        policy.CustomTrustStore.AddRange(trust.Authorities);
        policy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        handshake.CertificateChainPolicy = policy;
        handshake.ClientCertificateRequired = true;
        // A resumed session would bring back what was judged by former rules.
        handshake.AllowTlsResume = false;
        handshake.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            Takes(certificate as X509Certificate2, chain, errors, trust);
    }

    private bool Takes(
        X509Certificate2? certificate,
        X509Chain? chain,
        SslPolicyErrors errors,
        Trust trust
    )
    {
        if (WhyNot(certificate, chain, errors, trust) is not { } reason)
            return true;
        LogRefused(_log, _listener, certificate?.Thumbprint ?? "none", reason);
        return false;
    }

    private string? WhyNot(
        X509Certificate2? certificate,
        X509Chain? chain,
        SslPolicyErrors errors,
        Trust trust
    )
    {
        if (certificate is null || chain is null)
            return "none was shown";
        if (errors != SslPolicyErrors.None)
            return string.Join(
                ", ",
                chain.ChainStatus.Select(status => status.Status.ToString()).Distinct()
            );
        if (_names.Count > 0 && !_names.Any(name => name.Names(certificate)))
            return "its name is not among those that may come";
        return trust.Lists?.Judge(
            [.. chain.ChainElements.Select(element => element.Certificate)],
            _clock.GetUtcNow()
        );
    }

    private static Trust Load(Listener listener, IReadOnlyList<byte[]> files)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(Encoding.UTF8.GetString(files[0]));
        }
        catch (CryptographicException)
        {
            authorities.Clear();
        }
        if (authorities.Count == 0)
            throw new CertificateException(
                $"{listener.Setting(nameof(Listener.ClientCa))} ({listener.ClientCa}) must be PEM of the authorities whose certificates are taken; there is none in it."
            );
        try
        {
            return new Trust(
                authorities,
                files.Count > 1 ? RevocationLists.Read(files[1], authorities) : null
            );
        }
        catch (CertificateException error)
        {
            throw new CertificateException(
                $"{listener.Setting(nameof(Listener.ClientCrl))} ({listener.ClientCrl}) cannot be used: {error.Message}."
            );
        }
    }

    [LoggerMessage(
        1030,
        LogLevel.Information,
        "At listener {Listener} a client's certificate was refused ({Thumbprint}): {Reason}"
    )]
    private static partial void LogRefused(
        ILogger log,
        string listener,
        string thumbprint,
        string reason
    );

    [LoggerMessage(
        1031,
        LogLevel.Information,
        "Listener {Listener} judges clients' certificates by new files from now on, with {Authorities} authorities"
    )]
    private static partial void LogTaken(ILogger log, string listener, int authorities);

    [LoggerMessage(
        1032,
        LogLevel.Error,
        "Listener {Listener} goes on with what it had of clients' certificates: {Reason}"
    )]
    private static partial void LogNotTaken(ILogger log, string listener, string reason);
}
