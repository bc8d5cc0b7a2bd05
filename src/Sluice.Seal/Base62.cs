using System.Security.Cryptography;

namespace Sluice.Seal;

/// <summary>Text in the 62 digits 0-9, A-Z, a-z, in this order of value.</summary>
internal static class Base62
{
    public const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>
    /// Fills the text with digits, each of the 62 equally likely: the framework draws 6 bits and throws the draws 62 and 63 away,
    /// so there is no modulo bias.
    /// </summary>
    public static void FillRandom(Span<char> text) =>
        RandomNumberGenerator.GetItems(Alphabet, text);

    /// <summary>Writes the number with the most significant digit first, padded with zeros to the length of the text.</summary>
    public static void Write(uint number, Span<char> text)
    {
        for (var at = text.Length - 1; at >= 0; at--)
        {
            text[at] = Alphabet[(int)(number % 62)];
            number /= 62;
        }
    }

    /// <summary>Whether every byte is one of the 62 digits.</summary>
    public static bool IsDigits(ReadOnlySpan<byte> text)
    {
        foreach (var letter in text)
        {
            if (!char.IsAsciiLetterOrDigit((char)letter))
            {
                return false;
            }
        }

        return true;
    }
}
