using System.Security.Cryptography;

namespace Sluice.Seal;

/// <summary>
/// The one format of everything that is encrypted: <c>format 0x01 | key id 16 | nonce 12 | ciphertext | tag 16</c>, AES-256-GCM over the
/// plaintext with <c>format | key id | associated data</c> authenticated beside it. Source: spec/envelope.md, NIST SP 800-38D.
/// </summary>
/// <remarks>
/// The nonce is random. With random nonces a key must not seal more than 2^32 values (SP 800-38D, 8.3), see
/// <see cref="MaximumSeals"/>; rotate far earlier.
/// </remarks>
public static class Envelope
{
    /// <summary>Bytes by which a sealed value is longer than its plaintext.</summary>
    public const int Overhead = HeaderLength + NonceLength + TagLength;

    /// <summary>How many values one key may seal: the chance of two equal nonces is then below 2^-32.</summary>
    public const long MaximumSeals = 1L << 32;

    private const byte Format = 1;
    private const int HeaderLength = 1 + KeyId.Length;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    /// <summary>Which key opens the sealed value; false when it is none that this program knows.</summary>
    public static bool TryReadKeyId(ReadOnlySpan<byte> sealedValue, out KeyId id)
    {
        var known = sealedValue.Length >= Overhead && sealedValue[0] == Format;
        id = known ? KeyId.Read(sealedValue[1..]) : default;
        return known;
    }

    /// <summary>Seals a plaintext under a fresh random nonce.</summary>
    /// <returns>The plaintext's length and 45 bytes more.</returns>
    internal static byte[] Seal(
        KeyId id,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> plaintext,
        ReadOnlySpan<byte> associatedData
    )
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        RandomNumberGenerator.Fill(nonce);
        return Seal(id, key, nonce, plaintext, associatedData);
    }

    /// <summary>Seals under a given nonce: for test vectors. The same key and nonce twice would give both plaintexts away.</summary>
    internal static byte[] Seal(
        KeyId id,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> plaintext,
        ReadOnlySpan<byte> associatedData
    )
    {
        var output = new byte[checked(plaintext.Length + Overhead)];
        output[0] = Format;
        id.Write(output.AsSpan(1));
        nonce.CopyTo(output.AsSpan(HeaderLength));
        using var cipher = new AesGcm(key, TagLength);
        cipher.Encrypt(
            nonce,
            plaintext,
            output.AsSpan(HeaderLength + NonceLength, plaintext.Length),
            output.AsSpan(output.Length - TagLength),
            [.. output.AsSpan(0, HeaderLength), .. associatedData]
        );
        return output;
    }

    /// <summary>Opens a sealed value into memory of the caller's; on failure that memory is zeroed.</summary>
    /// <returns>How many bytes were written.</returns>
    internal static int Open(
        KeyId id,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> sealedValue,
        ReadOnlySpan<byte> associatedData,
        Span<byte> destination
    )
    {
        if (!TryReadKeyId(sealedValue, out var sealer))
        {
            throw new SealBrokenException(SealBreak.Format);
        }

        if (sealer != id)
        {
            throw new SealBrokenException(SealBreak.Key);
        }

        var length = sealedValue.Length - Overhead;
        if (destination.Length < length)
        {
            throw new ArgumentException(
                "The destination is shorter than the plaintext.",
                nameof(destination)
            );
        }

        try
        {
            using var cipher = new AesGcm(key, TagLength);
            cipher.Decrypt(
                sealedValue.Slice(HeaderLength, NonceLength),
                sealedValue.Slice(HeaderLength + NonceLength, length),
                sealedValue[^TagLength..],
                destination[..length],
                [.. sealedValue[..HeaderLength], .. associatedData]
            );
            return length;
        }
        catch (AuthenticationTagMismatchException mismatch)
        {
            CryptographicOperations.ZeroMemory(destination[..length]);
            throw new SealBrokenException(SealBreak.Authenticity, mismatch);
        }
    }

    /// <summary>The length of the plaintext inside, which is no secret; 0 for a value too short to hold one.</summary>
    public static int PlaintextLength(ReadOnlySpan<byte> sealedValue) =>
        Math.Max(0, sealedValue.Length - Overhead);
}
