using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Seal;

/// <summary>The two forms of a license key, as its text shows them.</summary>
public enum LicenseForm
{
    /// <summary>No license key of this house.</summary>
    None,

    /// <summary><c>SLC-PRO-12345-C29IB-AJYQJ</c>: a typed reference to what its issuer remembers.</summary>
    Short,

    /// <summary><c>SLC-{claims}.{signature}</c>: holds all that it says, for whoever is offline.</summary>
    Signed,
}

/// <summary>
/// The text of a license key in its short form: <c>{PREFIX}-{PRO|ENT|PLUS}-{5 digits}-{end, base36}-{5 characters}</c>. Its 25 bits of
/// HMAC keep mistyped and made-up texts from the database and prove nothing by themselves. Source: spec/licenses.md.
/// </summary>
public static class LicenseText
{
    /// <summary>Most characters of a license key in either form.</summary>
    public const int MaximumLength = 4096;

    private const string Base36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Part = 5;

    /// <summary>Words of the tiers that can be bought, as the short form writes them.</summary>
    public static IReadOnlyList<string> TierCodes { get; } = ["PRO", "ENT", "PLUS"];

    /// <summary>Whether the text can stand before a license key: 2 to 8 of A-Z.</summary>
    public static bool IsPrefix(ReadOnlySpan<char> text)
    {
        if (text.Length is < 2 or > 8)
        {
            return false;
        }

        foreach (var letter in text)
        {
            if (!char.IsAsciiLetterUpper(letter))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Which form the text has, without looking at what proves it.</summary>
    /// <param name="text">What was presented.</param>
    /// <param name="prefix">The prefix of this house.</param>
    public static LicenseForm FormOf(ReadOnlySpan<char> text, string prefix)
    {
        if (
            text.Length > MaximumLength
            || text.Length <= prefix.Length + 1
            || !text.StartsWith(prefix, StringComparison.Ordinal)
            || text[prefix.Length] != '-'
        )
        {
            return LicenseForm.None;
        }

        var rest = text[(prefix.Length + 1)..];
        return IsSigned(rest) ? LicenseForm.Signed
            : IsShort(rest) ? LicenseForm.Short
            : LicenseForm.None;
    }

    /// <summary>Makes a short key; its five digits are drawn at random.</summary>
    /// <param name="issuer">Who vouches for it.</param>
    /// <param name="prefix">See <see cref="IsPrefix"/>.</param>
    /// <param name="tierCode">One of <see cref="TierCodes"/>.</param>
    /// <param name="end">The day at whose beginning, in UTC, it ends; up to the year 6046.</param>
    public static string MintShort(IssuerKey issuer, string prefix, string tierCode, DateOnly end)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        if (!IsPrefix(prefix) || !TierCodes.Contains(tierCode))
        {
            throw new ArgumentException("No prefix, or no tier.", nameof(tierCode));
        }

        var number = RandomNumberGenerator.GetInt32(100_000);
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"{prefix}-{tierCode}-{number:00000}-{WriteDay(end)}"
        );
        return $"{head}-{Proof(issuer, head)}";
    }

    /// <summary>Whether the proof at the end of a short key is this issuer's. Takes the same time wherever it differs.</summary>
    public static bool ProofHolds(string text, IssuerKey issuer)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        var at = text.LastIndexOf('-');
        return at > 0 && FixedTime.Equal(text.AsSpan(at + 1), Proof(issuer, text[..at]));
    }

    /// <summary>The day at whose beginning a short key ends; null when its text names none.</summary>
    public static DateOnly? EndOf(string text)
    {
        var parts = text.Split('-');
        if (parts.Length != 5 || parts[3].Length != Part)
        {
            return null;
        }

        var number = 0;
        foreach (var letter in parts[3])
        {
            var digit = Base36.IndexOf(letter, StringComparison.Ordinal);
            if (digit < 0)
            {
                return null;
            }

            number = (number * 36) + digit;
        }

        return DateOnly.TryParseExact(
            number.ToString("00000000", CultureInfo.InvariantCulture),
            "yyyyMMdd",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var day
        )
            ? day
            : null;
    }

    private static string WriteDay(DateOnly day)
    {
        var number = (day.Year * 10_000) + (day.Month * 100) + day.Day;
        Span<char> text = stackalloc char[Part];
        for (var at = Part - 1; at >= 0; at--)
        {
            text[at] = Base36[number % 36];
            number /= 36;
        }

        return number == 0
            ? new string(text)
            : throw new ArgumentOutOfRangeException(nameof(day), "Too late for five digits.");
    }

    /// <summary>The first 25 bits of the HMAC over the text, five in each character, the most significant first.</summary>
    private static string Proof(IssuerKey issuer, string head)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        issuer.Authenticate(Encoding.ASCII.GetBytes(head), mac);
        var bits = (uint)((mac[0] << 24) | (mac[1] << 16) | (mac[2] << 8) | mac[3]) >> 7;
        Span<char> text = stackalloc char[Part];
        for (var at = Part - 1; at >= 0; at--)
        {
            text[at] = Crockford[(int)(bits & 31)];
            bits >>= 5;
        }

        return new string(text);
    }

    // PRO-12345-C2AY7-7KQ2M
    private static bool IsShort(ReadOnlySpan<char> rest)
    {
        Span<Range> parts = stackalloc Range[5];
        if (rest.Split(parts, '-') != 4)
        {
            return false;
        }

        var tier = rest[parts[0]];
        return (tier is "PRO" || tier is "ENT" || tier is "PLUS")
            && IsOf(rest[parts[1]], "0123456789")
            && IsOf(rest[parts[2]], Base36)
            && IsOf(rest[parts[3]], Base36);
    }

    private static bool IsOf(ReadOnlySpan<char> part, ReadOnlySpan<char> letters) =>
        part.Length == Part && !part.ContainsAnyExcept(letters);

    private static bool IsSigned(ReadOnlySpan<char> rest)
    {
        var dot = rest.IndexOf('.');
        if (dot < 1 || rest.Length - dot - 1 != SignedLicense.SignatureCharacters)
        {
            return false;
        }

        for (var at = 0; at < rest.Length; at++)
        {
            if (at != dot && !char.IsAsciiLetterOrDigit(rest[at]) && rest[at] is not ('-' or '_'))
            {
                return false;
            }
        }

        return true;
    }
}
