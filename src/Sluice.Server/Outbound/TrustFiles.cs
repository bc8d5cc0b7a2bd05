using Sluice.Server.Vocabulary;

namespace Sluice.Server.Outbound;

/// <summary>The files that say whose certificates are believed and which is shown: taken up when they are replaced, while the server runs.</summary>
internal sealed partial class TrustFiles : IDisposable
{
    private readonly WatchedFiles<OutboundTrust> _files;

    /// <param name="bundle">File of issuers beside the system's; null for none.</param>
    /// <param name="certificate">File of the client certificate; null for none.</param>
    /// <param name="key">File of its private key.</param>
    /// <param name="clock">Says when it is time to look again.</param>
    /// <param name="log">Where it is said what is taken up, and what is not.</param>
    /// <exception cref="OutboundSettingException">They cannot be used.</exception>
    public TrustFiles(
        string? bundle,
        string? certificate,
        string? key,
        TimeProvider clock,
        ILogger log
    )
    {
        if (certificate is null != key is null)
            throw new OutboundSettingException(
                "Outbound:ClientCertificate and Outbound:ClientKey belong together; set both."
            );
        List<string> paths = [.. new[] { bundle, certificate, key }.OfType<string>()];
        try
        {
            _files = new WatchedFiles<OutboundTrust>(
                paths,
                files =>
                    OutboundTrust.Read(
                        bundle is null ? null : files[0],
                        certificate is null ? null : files[^2],
                        key is null ? null : files[^1]
                    ),
                $"What is trusted cannot be read: look at Outbound:CaBundle ({bundle ?? "not set"}), Outbound:ClientCertificate ({certificate ?? "not set"}) and Outbound:ClientKey.",
                clock
            )
            {
                Taken = trust => LogTaken(log, trust.Issuers, trust.Own?.Thumbprint ?? "none"),
                Refused = reason => LogRefused(log, reason),
            };
        }
        catch (CertificateException error)
        {
            throw new OutboundSettingException(error.Message);
        }
    }

    /// <summary>What holds from now on.</summary>
    public OutboundTrust Current => _files.Current;

    // What was replaced may still be in use by calls; the collector closes it when they are done.
    public void Dispose() => _files.Known.Dispose();

    [LoggerMessage(
        1063,
        LogLevel.Information,
        "What is trusted was read again: {Issuers} issuers beside the system's, client certificate {Thumbprint}"
    )]
    private static partial void LogTaken(ILogger log, int issuers, string thumbprint);

    [LoggerMessage(
        1064,
        LogLevel.Error,
        "What is to be trusted from now on is not taken, and what was read before stays in use: {Reason}"
    )]
    private static partial void LogRefused(ILogger log, string reason);
}
