using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Seal;

/// <summary>Makes the texts of keys, and the two things that are kept of one: its hash and its mask. Source: spec/keys.md.</summary>
public static class KeyText
{
    /// <summary>No key has more characters (all of them ASCII) than this.</summary>
    public const int MaximumLength = 256;

    /// <summary>Bytes in the hash of a key.</summary>
    public const int HashLength = SHA256.HashSizeInBytes;

    /// <summary>Random digits of a standard key: 154 bits.</summary>
    internal const int RandomDigits = 26;

    /// <summary>Digits of the checksum at the end of a standard key.</summary>
    internal const int ChecksumDigits = 6;

    private static readonly SearchValues<char> PrefixLetters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyz0123456789_"
    );
    private static readonly SearchValues<char> NameLetters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyz0123456789-"
    );

    internal const int MaximumPrefix = 16;
    internal const int MaximumClientName = 64;

    /// <summary>Makes a key of the standard shape; the checksum covers every character before it, prefix and environment included.</summary>
    /// <param name="prefix">See <see cref="IsPrefix"/>.</param>
    /// <param name="environment">The environment that the key shall belong to.</param>
    /// <exception cref="ArgumentException">The prefix is none.</exception>
    public static string MintStandard(string prefix, KeyEnvironment environment)
    {
        if (!IsPrefix(prefix))
        {
            throw new ArgumentException(
                "A prefix is 1 to 16 of a-z, 0-9 and _, begins with a letter and does not end in _.",
                nameof(prefix)
            );
        }

        var head = $"{prefix}_{(environment is KeyEnvironment.Live ? "live" : "test")}_";
        return string.Create(
            head.Length + RandomDigits + ChecksumDigits,
            head,
            static (text, head) =>
            {
                head.CopyTo(text);
                Base62.FillRandom(text.Slice(head.Length, RandomDigits));
                Span<byte> bytes = stackalloc byte[text.Length];
                Encoding.ASCII.GetBytes(text, bytes);
                Base62.Write(Crc32.Of(bytes[..^ChecksumDigits]), text[^ChecksumDigits..]);
                CryptographicOperations.ZeroMemory(bytes);
            }
        );
    }

    /// <summary>Makes a key of 64 lower-case hexadecimal digits: 256 random bits.</summary>
    public static string MintHex() => RandomNumberGenerator.GetHexString(64, lowercase: true);

    /// <summary>Makes a key <c>client-{name}-{prod|test}-{26 base62}</c>.</summary>
    /// <param name="name">1 to 64 of a-z, 0-9 and -, with a letter or digit at both ends.</param>
    /// <param name="environment">Live is written <c>prod</c>, as older callers expect it.</param>
    /// <exception cref="ArgumentException">The name is none.</exception>
    public static string MintClient(string name, KeyEnvironment environment)
    {
        if (!IsClientName(name))
        {
            throw new ArgumentException(
                "A client's name is 1 to 64 of a-z, 0-9 and -, with no - at its ends.",
                nameof(name)
            );
        }

        var head = $"client-{name}-{(environment is KeyEnvironment.Live ? "prod" : "test")}-";
        return string.Create(
            head.Length + RandomDigits,
            head,
            static (text, head) =>
            {
                head.CopyTo(text);
                Base62.FillRandom(text[head.Length..]);
            }
        );
    }

    /// <summary>Whether the text can stand before a standard key: 1 to 16 of a-z, 0-9 and _, a letter first and no _ last.</summary>
    public static bool IsPrefix(ReadOnlySpan<char> text)
    {
        return text.Length is >= 1 and <= MaximumPrefix
            && char.IsAsciiLetterLower(text[0])
            && text[^1] != '_'
            && !text.ContainsAnyExcept(PrefixLetters);
    }

    /// <summary>Whether the text can be the name in a client key, see <see cref="MintClient"/>.</summary>
    public static bool IsClientName(ReadOnlySpan<char> text)
    {
        return text.Length is >= 1 and <= MaximumClientName
            && text[0] != '-'
            && text[^1] != '-'
            && !text.ContainsAnyExcept(NameLetters);
    }

    /// <summary>What may be shown of a key: its first 8 characters, an ellipsis, its last 4; of a text too short for that, the ellipsis alone.</summary>
    public static string Mask(ReadOnlySpan<char> text) =>
        text.Length <= 12 ? "…" : $"{text[..8]}…{text[^4..]}";

    /// <summary>SHA-256 of the text's UTF-8 bytes: the only form in which a key is stored.</summary>
    /// <remarks>A key has 154 random bits or more, so there is nothing to guess and no need of salt or stretching.</remarks>
    public static byte[] Hash(ReadOnlySpan<char> text)
    {
        var hash = new byte[HashLength];
        Hash(text, hash);
        return hash;
    }

    /// <summary>SHA-256 of the text's UTF-8 bytes, without allocation for a text of at most 256 characters.</summary>
    /// <param name="text">The key.</param>
    /// <param name="destination">At least 32 bytes; the first 32 are written.</param>
    public static void Hash(ReadOnlySpan<char> text, Span<byte> destination)
    {
        Span<byte> bytes =
            text.Length <= MaximumLength
                ? stackalloc byte[MaximumLength * 3]
                : new byte[Encoding.UTF8.GetByteCount(text)];
        var length = Encoding.UTF8.GetBytes(text, bytes);
        SHA256.HashData(bytes[..length], destination);
        CryptographicOperations.ZeroMemory(bytes);
    }

    /// <summary>SHA-256 of bytes that already are the key's UTF-8 text.</summary>
    /// <param name="text">The key.</param>
    /// <param name="destination">At least 32 bytes; the first 32 are written.</param>
    public static void Hash(ReadOnlySpan<byte> text, Span<byte> destination) =>
        SHA256.HashData(text, destination);
}
