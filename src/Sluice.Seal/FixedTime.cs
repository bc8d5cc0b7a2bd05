using System.Security.Cryptography;
using System.Text;

namespace Sluice.Seal;

/// <summary>Comparisons whose duration tells nothing of where two secrets differ.</summary>
public static class FixedTime
{
    /// <summary>Whether the bytes are the same. Different lengths are told at once: use it where the length is public, as a hash's is.</summary>
    public static bool Equal(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        CryptographicOperations.FixedTimeEquals(left, right);

    /// <summary>Whether the texts are the same. Both are hashed first, so the length of the expected text does not show either.</summary>
    public static bool Equal(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        Span<byte> hashes = stackalloc byte[2 * SHA256.HashSizeInBytes];
        HashOf(left, hashes[..SHA256.HashSizeInBytes]);
        HashOf(right, hashes[SHA256.HashSizeInBytes..]);
        return CryptographicOperations.FixedTimeEquals(
            hashes[..SHA256.HashSizeInBytes],
            hashes[SHA256.HashSizeInBytes..]
        );
    }

    private static void HashOf(ReadOnlySpan<char> text, Span<byte> hash)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes);
        SHA256.HashData(bytes, hash);
        CryptographicOperations.ZeroMemory(bytes);
    }
}
