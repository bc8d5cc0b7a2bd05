using System.Security.Cryptography;

namespace Sluice.Seal;

/// <summary>
/// A public key that signs reports about leaked credentials: ECDSA on P-256 with SHA-256 (FIPS 186-5), signatures in DER (RFC 3279), as
/// GitHub's secret scanning partner programme has it. Safe for any number of threads.
/// </summary>
public sealed class ReportKey
{
    private const string P256 = "1.2.840.10045.3.1.7";

    private readonly byte[] subject;

    private ReportKey(byte[] subject) => this.subject = subject;

    /// <summary>The key of a SubjectPublicKeyInfo in PEM; null where the text is none, or one of another kind.</summary>
    public static ReportKey? Read(string pem)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(pem);
            return key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == P256
                ? new ReportKey(key.ExportSubjectPublicKeyInfo())
                : null;
        }
        catch (Exception error) when (error is ArgumentException or CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Whether this key signed exactly these bytes.</summary>
    public bool Signed(ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(subject, out _);
        return key.VerifyData(
            body,
            signature,
            HashAlgorithmName.SHA256,
            DSASignatureFormat.Rfc3279DerSequence
        );
    }
}
