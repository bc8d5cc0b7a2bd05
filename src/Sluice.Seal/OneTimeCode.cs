using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace Sluice.Seal;

/// <summary>
/// Codes of an authenticator: six digits that change every 30 seconds, HMAC-SHA-1 over the number of the step, as every authenticator
/// knows them. The secret is derived from a <see cref="DataKey"/>, so that it is kept and wrapped like one. Sources: RFC 4226, section 5;
/// RFC 6238, section 4.
/// </summary>
public sealed class OneTimeCode : IDisposable
{
    /// <summary>Digits of a code.</summary>
    public const int Digits = 6;

    /// <summary>Seconds for which a code is the current one.</summary>
    public const int StepSeconds = 30;

    /// <summary>Steps by which the clock of an authenticator may be off, to either side.</summary>
    public const int Drift = 1;

    private const int SecretLength = 20;
    private const int Modulus = 1_000_000;
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private readonly PinnedSecret secret;

    private OneTimeCode(PinnedSecret secret) => this.secret = secret;

    /// <summary>The codes that belong to a data key: always the same.</summary>
    public static OneTimeCode From(DataKey material)
    {
        ArgumentNullException.ThrowIfNull(material);
        var derived = KeyDerivation.Derive(material.Material, "sluice one-time codes v1"u8);
        derived.Length = SecretLength;
        return new OneTimeCode(derived);
    }

    /// <summary>The codes of a secret that is known elsewhere: for test vectors.</summary>
    internal static OneTimeCode From(ReadOnlySpan<byte> secret) => new(new PinnedSecret(secret));

    /// <summary>The step of a moment.</summary>
    public static long StepAt(DateTimeOffset moment) => moment.ToUnixTimeSeconds() / StepSeconds;

    /// <summary>The code of a step.</summary>
    /// <param name="step">0 or more.</param>
    [SuppressMessage(
        "Security",
        "CA5350:Do Not Use Weak Cryptographic Algorithms",
        Justification = "RFC 6238: what authenticators know; HMAC does not need what SHA-1 has lost."
    )]
    public string At(long step)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> mac = stackalloc byte[HMACSHA1.HashSizeInBytes];
        HMACSHA1.HashData(secret.Span, counter, mac);
        var number = BinaryPrimitives.ReadUInt32BigEndian(mac[(mac[^1] & 0xf)..]) & 0x7fff_ffff;
        return (number % Modulus).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>Which step a code is of, one step around a moment; null when of none. Takes as long whatever was typed.</summary>
    /// <param name="typed">What the person typed.</param>
    /// <param name="now">The step now.</param>
    /// <param name="after">A step that was used already: neither it nor what was before is accepted again.</param>
    public long? Match(string typed, long now, long after)
    {
        long? found = null;
        for (var step = Math.Max(0, now - Drift); step <= now + Drift; step++)
        {
            if (FixedTime.Equal(At(step), typed) && step > after)
                found ??= step;
        }
        return found;
    }

    /// <summary>The secret as it is typed into an authenticator: base32 (RFC 4648, section 6), 32 characters. Shown to a person once.</summary>
    public string Text()
    {
        var text = new char[secret.Length * 8 / 5];
        for (var at = 0; at < text.Length; at++)
        {
            var bit = at * 5;
            var pair = secret.Span[bit / 8] << 8;
            if ((bit / 8) + 1 < secret.Length)
                pair |= secret.Span[(bit / 8) + 1];
            text[at] = Base32[(pair >> (11 - (bit % 8))) & 31];
        }
        return new string(text);
    }

    /// <summary>Zeroes the secret.</summary>
    public void Dispose() => secret.Dispose();

    /// <summary>A mask, whatever is inside.</summary>
    public override string ToString() => "••••";
}
