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
    private readonly byte[] noise = new byte[NoiseLength];
    private int used = NoiseLength;
    private UInt128 last;

    /// <summary>Bytes of randomness fetched at once: asking the generator for 16 at a time costs more than all the rest.</summary>
    private const int NoiseLength = 64 * Step;

    private const int Step = 16;

    /// <summary>
    /// The next identifier. A new millisecond gets fresh random bits; within a millisecond (or while the clock stands behind the last
    /// identifier) the last one is counted up by a random step of 1 to 2^32, so that neighbours cannot be guessed one from another.
    /// </summary>
    public Ulid Next()
    {
        var milliseconds = (UInt128)Math.Max(0, clock.GetUtcNow().ToUnixTimeMilliseconds());
        lock (gate)
        {
            if (used == NoiseLength)
            {
                RandomNumberGenerator.Fill(noise);
                used = 0;
            }
            var fresh = noise.AsSpan(used, Step);
            used += Step;
            var step = (UInt128)BinaryPrimitives.ReadUInt32LittleEndian(fresh) + 1;
            var random = BinaryPrimitives.ReadUInt128LittleEndian(fresh) >> (128 - Ulid.RandomBits);
            CryptographicOperations.ZeroMemory(fresh);
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
