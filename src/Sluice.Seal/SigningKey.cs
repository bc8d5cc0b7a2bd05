using System.Security.Cryptography;

namespace Sluice.Seal;

/// <summary>
/// The key with which a house signs what others can check: ECDSA on P-256 with SHA-256 (FIPS 186-5). It is derived from a
/// <see cref="DataKey"/>, so that it is kept and wrapped like one. Source: spec/ledger.md.
/// </summary>
public sealed class SigningKey : IDisposable
{
    private readonly ECDsa key;
    private readonly Lock gate = new();

    private SigningKey(ECDsa key)
    {
        this.key = key;
        Public = VerifyingKey.From(key.ExportSubjectPublicKeyInfo());
    }

    /// <summary>What others check its signatures with.</summary>
    public VerifyingKey Public { get; }

    /// <summary>The signing key that belongs to a data key: always the same one.</summary>
    public static SigningKey From(DataKey material)
    {
        ArgumentNullException.ThrowIfNull(material);
        // One text in 2^32 is no number below the order of the curve; then the next one is taken.
        for (byte attempt = 1; ; attempt++)
        {
            using var scalar = KeyDerivation.Derive(
                material.Material,
                [.. "sluice signing v1 "u8, attempt]
            );
            var bytes = scalar.Span.ToArray();
            try
            {
                return new SigningKey(
                    ECDsa.Create(
                        new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = bytes }
                    )
                );
            }
            catch (CryptographicException) when (attempt < 3)
            {
                // Not a scalar of the curve.
            }
            finally
            {
                CryptographicOperations.ZeroMemory(bytes);
            }
        }
    }

    /// <summary>Signs a message: 64 bytes, the numbers r and s with 32 each, big-endian (IEEE P1363).</summary>
    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        lock (gate)
            return key.SignData(
                message,
                HashAlgorithmName.SHA256,
                DSASignatureFormat.IeeeP1363FixedFieldConcatenation
            );
    }

    /// <summary>Forgets the key.</summary>
    public void Dispose()
    {
        key.Dispose();
        Public.Dispose();
    }

    /// <summary>The key's name, never the key.</summary>
    public override string ToString() => $"signing key {Public.Id}";
}

/// <summary>Checks signatures of a <see cref="SigningKey"/>; it is no secret.</summary>
public sealed class VerifyingKey : IDisposable
{
    private readonly ECDsa key;
    private readonly Lock gate = new();
    private readonly byte[] info;

    private VerifyingKey(ECDsa key, byte[] info)
    {
        this.key = key;
        this.info = info;
        Id = Convert.ToHexStringLower(SHA256.HashData(info).AsSpan(0, 16));
    }

    /// <summary>Its name: the first 16 bytes of the SHA-256 of <see cref="Info"/>, as 32 hexadecimal digits.</summary>
    public string Id { get; }

    /// <summary>The key itself, as a SubjectPublicKeyInfo (RFC 5480).</summary>
    public ReadOnlySpan<byte> Info => info;

    /// <summary>Reads a SubjectPublicKeyInfo.</summary>
    /// <exception cref="CryptographicException">It is none, or not of a key on P-256.</exception>
    public static VerifyingKey From(ReadOnlySpan<byte> info)
    {
        var imported = ECDsa.Create();
        try
        {
            imported.ImportSubjectPublicKeyInfo(info, out var read);
            if (read != info.Length || imported.KeySize != 256)
                throw new CryptographicException("Not a public key on P-256.");
            return new VerifyingKey(imported, info.ToArray());
        }
        catch
        {
            imported.Dispose();
            throw;
        }
    }

    /// <summary>Whether the signature is this key's, of this message.</summary>
    public bool Verifies(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        lock (gate)
            return key.VerifyData(
                message,
                signature,
                HashAlgorithmName.SHA256,
                DSASignatureFormat.IeeeP1363FixedFieldConcatenation
            );
    }

    /// <summary>Releases what the platform holds for it.</summary>
    public void Dispose() => key.Dispose();

    /// <summary>The key's name.</summary>
    public override string ToString() => $"verifying key {Id}";
}
