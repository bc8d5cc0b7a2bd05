using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Seal;

/// <summary>What comparing a password with a stored one has shown.</summary>
public enum PasswordVerdict
{
    /// <summary>Another password, or nothing that this program stored.</summary>
    Wrong,

    /// <summary>The same password.</summary>
    Right,

    /// <summary>The same password, stored in a weaker way than today's: store it anew while it is at hand.</summary>
    RightAndOutdated,
}

/// <summary>
/// Stores passwords as <c>$pbkdf2-sha512$v=1,i={iterations}${salt}${hash}</c>: PBKDF2 with HMAC-SHA-512 over the password's UTF-8, salt of
/// 16 bytes, hash of 64, both base64url without padding. Source: RFC 8018; the count is OWASP's for this function.
/// </summary>
public static class Password
{
    /// <summary>Rounds for what is stored today.</summary>
    public const int Iterations = 210_000;

    /// <summary>A password of more characters is wrong without being tried: a bound on the work that a stranger can ask for.</summary>
    public const int MaximumLength = 1024;

    private const string Name = "$pbkdf2-sha512$v=1,i=";
    private const int SaltLength = 16;
    private const int HashLength = 64;
    private const int FewestIterations = 1_000;
    private const int MostIterations = 10_000_000;

    /// <summary>The text to store for a password.</summary>
    /// <param name="password">Its characters.</param>
    /// <param name="iterations">Rounds; fewer than today's are for tests.</param>
    /// <exception cref="ArgumentException">The password is longer than <see cref="MaximumLength"/>.</exception>
    public static string Store(ReadOnlySpan<char> password, int iterations = Iterations)
    {
        if (password.Length > MaximumLength)
        {
            throw new ArgumentException("The password is too long.", nameof(password));
        }

        Span<byte> salt = stackalloc byte[SaltLength];
        RandomNumberGenerator.Fill(salt);
        return Store(password, salt, iterations);
    }

    /// <summary>
    /// Compares with the same work whatever is stored: nothing, or something with fewer rounds than today's, costs today's rounds too,
    /// so that the time tells a stranger neither who is known here nor who was here long ago.
    /// </summary>
    /// <param name="password">What the caller typed.</param>
    /// <param name="stored">What <see cref="Store(ReadOnlySpan{char}, int)"/> returned; null where there is no such person.</param>
    /// <param name="iterations">Today's rounds; see there.</param>
    public static PasswordVerdict Verify(
        ReadOnlySpan<char> password,
        string? stored,
        int iterations = Iterations
    )
    {
        var real = Stored.TryRead(stored, iterations, out var known);
        var tried = password.Length > MaximumLength ? default : password;
        Span<byte> hash = stackalloc byte[HashLength];
        Derive(tried, known.Salt, known.Iterations, hash);
        var same = CryptographicOperations.FixedTimeEquals(hash, known.Hash);
        var right = same && real && password.Length <= MaximumLength;
        // Whoever is right is stored anew, which is the rest of the work and more.
        if (!right && known.Iterations < iterations)
            Derive(tried, known.Salt, iterations - known.Iterations, hash);
        CryptographicOperations.ZeroMemory(hash);
        return !right ? PasswordVerdict.Wrong
            : known.Iterations < iterations ? PasswordVerdict.RightAndOutdated
            : PasswordVerdict.Right;
    }

    /// <summary>Rounds that this thread has done: what a test of equal work counts.</summary>
    [ThreadStatic]
    internal static long RoundsOfThisThread;

    internal static string Store(
        ReadOnlySpan<char> password,
        ReadOnlySpan<byte> salt,
        int iterations
    )
    {
        Span<byte> hash = stackalloc byte[HashLength];
        Derive(password, salt, iterations, hash);
        return $"{Name}{iterations}${Base64Url.EncodeToString(salt)}${Base64Url.EncodeToString(hash)}";
    }

    private static void Derive(
        ReadOnlySpan<char> password,
        ReadOnlySpan<byte> salt,
        int iterations,
        Span<byte> hash
    )
    {
        Span<byte> bytes = stackalloc byte[MaximumLength * 3];
        var length = Encoding.UTF8.GetBytes(password, bytes);
        Rfc2898DeriveBytes.Pbkdf2(
            bytes[..length],
            salt,
            hash,
            iterations,
            HashAlgorithmName.SHA512
        );
        CryptographicOperations.ZeroMemory(bytes);
        RoundsOfThisThread += iterations;
    }

    /// <summary>A stored password taken apart.</summary>
    private readonly record struct Stored(int Iterations, byte[] Salt, byte[] Hash)
    {
        public static bool TryRead(string? text, int otherwise, out Stored stored)
        {
            // Nobody: rounds all the same, against a hash that nothing has.
            stored = new Stored(otherwise, new byte[SaltLength], new byte[HashLength]);
            if (
                text?.StartsWith(Name, StringComparison.Ordinal) is not true
                || text[Name.Length..].Split('$') is not [var rounds, var salt, var hash]
            )
            {
                return false;
            }

            if (
                !int.TryParse(
                    rounds,
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out var iterations
                )
                || iterations is < FewestIterations or > MostIterations
                || !TryDecode(salt, SaltLength, out var saltBytes)
                || !TryDecode(hash, HashLength, out var hashBytes)
            )
            {
                return false;
            }

            stored = new Stored(iterations, saltBytes, hashBytes);
            return true;
        }

        private static bool TryDecode(string text, int length, out byte[] bytes)
        {
            bytes = new byte[length];
            return text.Length < 2 * HashLength
                && Base64Url.IsValid(text, out var decoded)
                && decoded == length
                && Base64Url.DecodeFromChars(text, bytes) == length;
        }
    }
}
