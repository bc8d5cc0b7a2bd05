using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Seal;

/// <summary>
/// The proof that a form was served to whoever sends it: <c>base64url(salt ‖ HMAC-SHA256(secret, "form" ‖ salt))</c> with 16 random
/// bytes of salt. The secret is the text of the session's cookie, so that nothing is kept; each token is another, so that a compressed
/// page gives none away.
/// </summary>
public static class FormToken
{
    private const int SaltLength = 16;
    private const int Length = SaltLength + HMACSHA256.HashSizeInBytes;

    /// <summary>A token for one form.</summary>
    /// <param name="secret">What only the server and this browser know.</param>
    public static string Mint(string secret)
    {
        Span<byte> token = stackalloc byte[Length];
        RandomNumberGenerator.Fill(token[..SaltLength]);
        Sign(secret, token[..SaltLength], token[SaltLength..]);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>Whether a text is a token that was minted with this secret; in a time that does not depend on where they differ.</summary>
    public static bool Fits(string secret, string text)
    {
        Span<byte> token = stackalloc byte[Length];
        if (
            text.Length != Base64Url.GetEncodedLength(Length)
            || Base64Url.DecodeFromChars(text, token, out _, out var length) != OperationStatus.Done
            || length != Length
        )
            return false;
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Sign(secret, token[..SaltLength], expected);
        return CryptographicOperations.FixedTimeEquals(expected, token[SaltLength..]);
    }

    private static void Sign(string secret, ReadOnlySpan<byte> salt, Span<byte> destination)
    {
        ReadOnlySpan<byte> purpose = "form"u8;
        Span<byte> message = stackalloc byte[purpose.Length + SaltLength];
        purpose.CopyTo(message);
        salt.CopyTo(message[purpose.Length..]);
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), message, destination);
    }
}
