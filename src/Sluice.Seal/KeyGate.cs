using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Seal;

/// <summary>
/// Reads the text of a key and says, before anything is looked up and without allocating, whether it can be one.
/// Safe for any number of threads. Source: spec/keys.md.
/// </summary>
public sealed class KeyGate
{
    private static readonly SearchValues<byte> HexDigits = SearchValues.Create(
        "0123456789abcdef"u8
    );

    private readonly byte[][] prefixes;

    /// <summary>A gate that knows the prefixes under which this house has minted keys: today's, and former ones.</summary>
    /// <exception cref="ArgumentException">One of them is no prefix, see <see cref="KeyText.IsPrefix"/>.</exception>
    public KeyGate(params IEnumerable<string> prefixes)
    {
        this.prefixes =
        [
            .. prefixes.Select(prefix =>
                KeyText.IsPrefix(prefix)
                    ? Encoding.ASCII.GetBytes(prefix)
                    : throw new ArgumentException($"'{prefix}' is no prefix.", nameof(prefixes))
            ),
        ];
    }

    /// <summary>Reads a key that arrived as characters. Anything but ASCII is malformed.</summary>
    public KeyReading Read(ReadOnlySpan<char> text)
    {
        if (text.Length > KeyText.MaximumLength)
        {
            return default;
        }

        Span<byte> bytes = stackalloc byte[KeyText.MaximumLength];
        _ = Ascii.FromUtf16(text, bytes, out var length);
        var reading = length == text.Length ? Read(bytes[..length]) : default;
        CryptographicOperations.ZeroMemory(bytes);
        return reading;
    }

    /// <summary>Reads a key that arrived as bytes.</summary>
    public KeyReading Read(ReadOnlySpan<byte> text) =>
        text.Length > KeyText.MaximumLength ? default
        : text.Length == 64 && !text.ContainsAnyExcept(HexDigits)
            ? new KeyReading(KeyVerdict.WellFormed, KeyShape.Hex, KeyEnvironment.Live)
        : text.StartsWith("client-"u8) ? ReadClient(text["client-".Length..])
        : ReadStandard(text);

    private KeyReading ReadStandard(ReadOnlySpan<byte> text)
    {
        // Read from the right, where every part has a known length: a prefix may itself hold an underscore.
        const int body = KeyText.RandomDigits + KeyText.ChecksumDigits;
        if (text.Length <= body || !Base62.IsDigits(text[^body..]))
        {
            return default;
        }

        var head = text[..^body];
        if (!head.EndsWith("_live_"u8) && !head.EndsWith("_test_"u8))
        {
            return default;
        }

        var environment = head.EndsWith("_live_"u8) ? KeyEnvironment.Live : KeyEnvironment.Test;
        var prefix = head[..^"_live_".Length];
        var isOurs = IsOurs(prefix);
        if (!isOurs && !IsPrefix(prefix))
        {
            return default;
        }

        var verdict =
            !isOurs ? KeyVerdict.Foreign
            : HasChecksum(text) ? KeyVerdict.WellFormed
            : KeyVerdict.BadChecksum;
        return new KeyReading(verdict, KeyShape.Standard, environment);
    }

    private bool IsOurs(ReadOnlySpan<byte> prefix)
    {
        foreach (var known in prefixes)
        {
            if (prefix.SequenceEqual(known))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasChecksum(ReadOnlySpan<byte> text)
    {
        Span<char> expected = stackalloc char[KeyText.ChecksumDigits];
        Base62.Write(Crc32.Of(text[..^KeyText.ChecksumDigits]), expected);
        return Ascii.Equals(text[^KeyText.ChecksumDigits..], expected);
    }

    private static KeyReading ReadClient(ReadOnlySpan<byte> text)
    {
        var hashAt = text.LastIndexOf((byte)'-');
        if (
            hashAt < 0
            || text.Length - hashAt - 1 < KeyText.RandomDigits
            || !Base62.IsDigits(text[(hashAt + 1)..])
        )
        {
            return default;
        }

        var head = text[..hashAt];
        var environmentAt = head.LastIndexOf((byte)'-');
        if (environmentAt < 0 || !IsClientName(head[..environmentAt]))
        {
            return default;
        }

        var word = head[(environmentAt + 1)..];
        return word.SequenceEqual("prod"u8) || word.SequenceEqual("live"u8)
                ? new KeyReading(KeyVerdict.WellFormed, KeyShape.Client, KeyEnvironment.Live)
            : word.SequenceEqual("test"u8)
            || word.SequenceEqual("sandbox"u8)
            || word.SequenceEqual("staging"u8)
            || word.SequenceEqual("dev"u8)
                ? new KeyReading(KeyVerdict.WellFormed, KeyShape.Client, KeyEnvironment.Test)
            : default;
    }

    private static bool IsPrefix(ReadOnlySpan<byte> text)
    {
        Span<char> letters = stackalloc char[KeyText.MaximumPrefix];
        return text.Length <= letters.Length
            && Widen(text, letters) is var length
            && KeyText.IsPrefix(letters[..length]);
    }

    private static bool IsClientName(ReadOnlySpan<byte> text)
    {
        Span<char> letters = stackalloc char[KeyText.MaximumClientName];
        return text.Length <= letters.Length
            && Widen(text, letters) is var length
            && KeyText.IsClientName(letters[..length]);
    }

    private static int Widen(ReadOnlySpan<byte> text, Span<char> letters)
    {
        _ = Ascii.ToUtf16(text, letters, out var length);
        return length == text.Length ? length : 0;
    }
}
