using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.Server.Operations;

/// <summary>
/// The certificate that the server shows, read again when its files have changed: at most once a second, at a
/// handshake, so that renewing one is replacing two files. Files that do not fit together are not taken; the server
/// goes on with what it has.
/// </summary>
internal sealed partial class ServerCertificate : IDisposable
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(1);

    private readonly string _certificate;
    private readonly string _key;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private Loaded _current;
    private string? _refused;
    private long _lookedAt;

    /// <param name="certificate">PEM: the server's own first, then those that lead to its issuer.</param>
    /// <param name="key">PEM of the private key, not encrypted.</param>
    /// <exception cref="CertificateException">They cannot be used.</exception>
    public ServerCertificate(string certificate, string key, TimeProvider clock, ILogger log)
    {
        (_certificate, _key, _clock, _log) = (certificate, key, clock, log);
        var (print, certificatePem, keyPem) = ReadFiles();
        _current = Load(certificatePem, keyPem, print);
        _lookedAt = clock.GetTimestamp();
    }

    private sealed record Loaded(
        string Print,
        X509Certificate2 Leaf,
        SslStreamCertificateContext Context
    );

    public X509Certificate2 Leaf => _current.Leaf;

    /// <summary>What to show at a handshake that begins now.</summary>
    public SslStreamCertificateContext Context
    {
        get
        {
            LookAgain();
            return _current.Context;
        }
    }

    // What is being replaced may still be in use by handshakes; the collector closes it when they are done.
    public void Dispose() => _current.Leaf.Dispose();

    private void LookAgain()
    {
        if (_clock.GetElapsedTime(Volatile.Read(ref _lookedAt)) < LookAgainAfter)
            return;
        lock (_gate)
        {
            if (_clock.GetElapsedTime(_lookedAt) < LookAgainAfter)
                return;
            Volatile.Write(ref _lookedAt, _clock.GetTimestamp());
            string? print = null;
            try
            {
                (print, var certificate, var key) = ReadFiles();
                if (print == _current.Print || print == _refused)
                    return;
                _current = Load(certificate, key, print);
                LogTaken(_log, _current.Leaf.Thumbprint, _current.Leaf.NotAfter.ToUniversalTime());
            }
            catch (CertificateException error)
            {
                if (_refused != print || print is null)
                    LogRefused(_log, error.Message);
                _refused = print;
            }
        }
    }

    private (string Print, string Certificate, string Key) ReadFiles()
    {
        try
        {
            var certificate = File.ReadAllText(_certificate);
            var key = File.ReadAllText(_key);
            var print = Convert.ToHexString(
                SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(certificate + key))
            );
            return (print, certificate, key);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CertificateException(
                $"The certificate cannot be read: look at Tls:Certificate ({_certificate}) and Tls:Key ({_key})."
            );
        }
    }

    private Loaded Load(string certificatePem, string keyPem, string print)
    {
        try
        {
            var leaf = X509Certificate2.CreateFromPem(certificatePem, keyPem);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(certificatePem);
            chain.RemoveAt(0);
            return new Loaded(
                print,
                leaf,
                SslStreamCertificateContext.Create(leaf, chain, offline: true)
            );
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw new CertificateException(
                $"The certificate cannot be used: {_certificate} must be PEM with the server's certificate first, and {_key} the PEM of its private key, not encrypted."
            );
        }
    }

    [LoggerMessage(
        1501,
        LogLevel.Information,
        "The certificate {Thumbprint} is in use from now on; it is good until {NotAfter}"
    )]
    private static partial void LogTaken(ILogger log, string thumbprint, DateTime notAfter);

    [LoggerMessage(1502, LogLevel.Error, "The new certificate is not taken: {Reason}")]
    private static partial void LogRefused(ILogger log, string reason);
}

/// <summary>The certificate cannot be used; the message is for the operator.</summary>
internal sealed class CertificateException(string message) : Exception(message);
