using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Seal;

/// <summary>
/// Texts that open one thing for whoever holds them and are then forgotten: a session, an invitation, a new password, a device.
/// 256 random bits as 43 characters of base64url; of which the store keeps the SHA-256 alone.
/// </summary>
public static class TokenText
{
    /// <summary>Characters of a token.</summary>
    public const int Length = 43;

    private const int RandomBytes = 32;

    /// <summary>A new one.</summary>
    public static string Mint() =>
        Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>Whether a text can be a token; what cannot be is not looked up.</summary>
    public static bool HasShape(ReadOnlySpan<char> text)
    {
        if (text.Length != Length)
            return false;
        foreach (var letter in text)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_'))
                return false;
        }
        return true;
    }

    /// <summary>What is kept of a token: 32 bytes.</summary>
    public static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
