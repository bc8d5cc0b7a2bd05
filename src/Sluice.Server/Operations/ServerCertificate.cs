using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Sluice.Server.Doors.Listeners;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Operations;

/// <summary>The certificate that a listener shows, read again when its files have changed.</summary>
internal sealed partial class ServerCertificate : IDisposable
{
    private readonly WatchedFiles<Loaded> _files;

    /// <param name="listener">Its certificate (PEM: the server's own first, then those that lead to its issuer) and key (PEM, not encrypted).</param>
    /// <exception cref="CertificateException">They cannot be used.</exception>
    public ServerCertificate(Listener listener, TimeProvider clock, ILogger log)
    {
        var (certificate, key) = (listener.Certificate!, listener.Key!);
        _files = new WatchedFiles<Loaded>(
            [certificate, key],
            files => Load(files, certificate, key),
            $"The certificate cannot be read: look at {listener.Setting(nameof(Listener.Certificate))} ({certificate}) and {listener.Setting(nameof(Listener.Key))} ({key}).",
            clock
        )
        {
            Taken = loaded =>
                LogTaken(log, loaded.Leaf.Thumbprint, loaded.Leaf.NotAfter.ToUniversalTime()),
            Refused = reason => LogRefused(log, reason),
        };
    }

    private sealed record Loaded(X509Certificate2 Leaf, SslStreamCertificateContext Context);

    public X509Certificate2 Leaf => _files.Known.Leaf;

    /// <summary>What to show at a handshake that begins now.</summary>
    public SslStreamCertificateContext Context => _files.Current.Context;

    // What is being replaced may still be in use by handshakes; the collector closes it when they are done.
    public void Dispose() => _files.Known.Leaf.Dispose();

    private static Loaded Load(IReadOnlyList<byte[]> files, string certificate, string key)
    {
        try
        {
            var pem = Encoding.UTF8.GetString(files[0]);
            var leaf = X509Certificate2.CreateFromPem(pem, Encoding.UTF8.GetString(files[1]));
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(pem);
            chain.RemoveAt(0);
            return new Loaded(leaf, SslStreamCertificateContext.Create(leaf, chain, offline: true));
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw new CertificateException(
                $"The certificate cannot be used: {certificate} must be PEM with the server's certificate first, and {key} the PEM of its private key, not encrypted."
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
