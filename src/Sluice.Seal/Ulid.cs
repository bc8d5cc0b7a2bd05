using System.Diagnostics.CodeAnalysis;

namespace Sluice.Seal;

/// <summary>
/// An identifier of 128 bits: 48 bits of milliseconds since 1970 (UTC), then 80 bits that are random or count upwards.
/// Its text is 26 characters of Crockford's base 32 in upper case, and sorts (ordinally) as the identifiers were made.
/// Source: the ULID specification, github.com/ulid/spec.
/// </summary>
/// <param name="value">The 128 bits, most significant first.</param>
public readonly struct Ulid(UInt128 value) : IEquatable<Ulid>, IComparable<Ulid>
{
    /// <summary>Characters in the text of every identifier.</summary>
    public const int TextLength = 26;

    internal const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>Bits of an identifier that hold no time.</summary>
    internal const int RandomBits = 80;

    /// <summary>The 128 bits, most significant first.</summary>
    public UInt128 Value => value;

    /// <summary>When the identifier was made, in whole milliseconds. Any 48 bits are a time this type can express.</summary>
    public DateTimeOffset Time
    {
        get
        {
            var milliseconds = (long)(value >> RandomBits);
            return milliseconds > LastMillisecond
                ? DateTimeOffset.MaxValue
                : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        }
    }

    private static long LastMillisecond => DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>
    /// Reads the text of an identifier. Lower case is read as upper case; the letters I, L, O and U, which Crockford leaves out,
    /// are refused rather than guessed, so that an identifier has one spelling up to case.
    /// </summary>
    /// <param name="text">Exactly 26 characters, the first of them at most 7.</param>
    /// <param name="id">The identifier, or the zero identifier where the text is none.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out Ulid id)
    {
        id = default;
        if (text.Length != TextLength || text[0] is < '0' or > '7')
        {
            return false;
        }

        var bits = UInt128.Zero;
        foreach (var letter in text)
        {
            var digit = Alphabet.IndexOf(char.ToUpperInvariant(letter), StringComparison.Ordinal);
            if (digit < 0 || letter > 'z')
            {
                return false;
            }

            bits = (bits << 5) | (uint)digit;
        }

        id = new Ulid(bits);
        return true;
    }

    /// <summary>Whether the text is an identifier, see <see cref="TryParse"/>.</summary>
    public static bool IsValid([NotNullWhen(true)] string? text) =>
        text is not null && TryParse(text, out _);

    /// <summary>The 26 characters, upper case.</summary>
    public override string ToString() =>
        string.Create(
            TextLength,
            value,
            static (text, bits) =>
            {
                for (var at = TextLength - 1; at >= 0; at--)
                {
                    text[at] = Alphabet[(int)(bits & 31)];
                    bits >>= 5;
                }
            }
        );

    /// <inheritdoc />
    public int CompareTo(Ulid other) => value.CompareTo(other.Value);

    /// <inheritdoc />
    public bool Equals(Ulid other) => value == other.Value;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is Ulid other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => value.GetHashCode();

    /// <summary>Same 128 bits.</summary>
    public static bool operator ==(Ulid left, Ulid right) => left.Equals(right);

    /// <summary>Different bits.</summary>
    public static bool operator !=(Ulid left, Ulid right) => !left.Equals(right);

    /// <summary>Made earlier than.</summary>
    public static bool operator <(Ulid left, Ulid right) => left.CompareTo(right) < 0;

    /// <summary>Made later than.</summary>
    public static bool operator >(Ulid left, Ulid right) => left.CompareTo(right) > 0;

    /// <summary>Not made later than.</summary>
    public static bool operator <=(Ulid left, Ulid right) => left.CompareTo(right) <= 0;

    /// <summary>Not made earlier than.</summary>
    public static bool operator >=(Ulid left, Ulid right) => left.CompareTo(right) >= 0;
}
