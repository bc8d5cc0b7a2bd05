using System.Buffers;
using System.Buffers.Text;

namespace Sluice.Language.Protos.Json;

/// <summary>Base64 as proto3 JSON takes it: both alphabets, with or without padding, no blanks.</summary>
internal static class JsonBase64
{
    private static readonly SearchValues<byte> Blanks = SearchValues.Create(" \t\r\n"u8);

    /// <summary>Decodes the first <paramref name="length"/> bytes where they lie; the span has room for four more.</summary>
    public static bool TryDecodeInPlace(Span<byte> text, ref int length)
    {
        var used = text[..length];
        if (used.ContainsAny(Blanks))
            return false;
        used.Replace((byte)'-', (byte)'+');
        used.Replace((byte)'_', (byte)'/');
        var bare = used.TrimEnd((byte)'=').Length;
        // Padding, where there is any, fills up to a multiple of four exactly.
        if (bare % 4 == 1 || (bare != length && (length % 4 != 0 || length - bare > 2)))
            return false;
        while (bare % 4 != 0)
            text[bare++] = (byte)'=';
        return Base64.DecodeFromUtf8InPlace(text[..bare], out length) == OperationStatus.Done;
    }
}
