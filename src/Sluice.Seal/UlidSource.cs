using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Sluice.Seal;

/// <summary>
/// Makes identifiers that only ever grow: a later call gets a greater identifier, on any thread, within a millisecond and
/// across a clock that is set back. Use one source for a process.
/// </summary>
/// <param name="clock">Where the time in an identifier comes from.</param>
public sealed class UlidSource(TimeProvider clock)
{
    private readonly Lock gate = new();
    private UInt128 last;

    /// <summary>
    /// The next identifier. A new millisecond gets fresh random bits; within a millisecond (or while the clock stands behind the last
    /// identifier) the last one is counted up by a random step of 1 to 2^32, so that neighbours cannot be guessed one from another.
    /// </summary>
    public Ulid Next()
    {
        Span<byte> noise = stackalloc byte[16];
        RandomNumberGenerator.Fill(noise);
        var milliseconds = (UInt128)Math.Max(0, clock.GetUtcNow().ToUnixTimeMilliseconds());
        var step = (UInt128)BinaryPrimitives.ReadUInt32LittleEndian(noise) + 1;
        var random = BinaryPrimitives.ReadUInt128LittleEndian(noise) >> (128 - Ulid.RandomBits);

        lock (gate)
        {
            // A step past 80 bits runs over into the milliseconds: the identifier is then a moment ahead, and still greater.
            last =
                milliseconds > last >> Ulid.RandomBits
                    ? (milliseconds << Ulid.RandomBits) | random
                    : last + step;
            return new Ulid(last);
        }
    }

    /// <summary>The text of the next identifier: 26 characters.</summary>
    public string NextText() => Next().ToString();
}
