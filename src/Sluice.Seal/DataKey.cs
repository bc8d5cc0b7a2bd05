using System.Security.Cryptography;

namespace Sluice.Seal;

/// <summary>
/// The key that seals values; each tenant has its own. It is kept wrapped by a <see cref="MasterKey"/> and lives unwrapped only in pinned
/// memory. Safe for any number of threads until disposed.
/// </summary>
public sealed class DataKey : IDisposable
{
    /// <summary>Bytes of key material.</summary>
    public const int Length = 32;

    private readonly PinnedSecret material;
    private readonly PinnedSecret cipherKey;

    private DataKey(PinnedSecret material)
    {
        this.material = material;
        cipherKey = KeyDerivation.Derive(material.Span, "sluice data-key cipher v1"u8);
        Id = KeyDerivation.Name(material.Span, "sluice data-key id v1"u8);
    }

    /// <summary>The key's name; every value it seals carries it.</summary>
    public KeyId Id { get; }

    /// <summary>A new random key.</summary>
    public static DataKey Generate()
    {
        var random = new PinnedSecret(Length);
        RandomNumberGenerator.Fill(random.Span);
        return new DataKey(random);
    }

    /// <summary>The key with this material; a copy is taken, and zeroing the original is the caller's part.</summary>
    /// <param name="material">32 bytes.</param>
    /// <exception cref="ArgumentException">They are not 32.</exception>
    public static DataKey From(ReadOnlySpan<byte> material) =>
        material.Length == Length
            ? new DataKey(new PinnedSecret(material))
            : throw new ArgumentException("A key has 32 bytes.", nameof(material));

    internal ReadOnlySpan<byte> Material => material.Span;

    internal ReadOnlySpan<byte> CipherKey => cipherKey.Span;

    /// <summary>Seals a value; the result can be stored anywhere.</summary>
    /// <param name="plaintext">The value, of any length that fits into memory.</param>
    /// <param name="associatedData">What the value belongs to, from <see cref="AssociatedData"/>.</param>
    /// <returns><see cref="Envelope.Overhead"/> bytes more than the value.</returns>
    public byte[] Seal(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData) =>
        Envelope.Seal(Id, CipherKey, plaintext, associatedData);

    /// <summary>Opens a value into memory that the caller provides and zeroes.</summary>
    /// <param name="sealedValue">What <see cref="Seal"/> returned.</param>
    /// <param name="associatedData">The same as when it was sealed.</param>
    /// <param name="destination">At least <see cref="Envelope.PlaintextLength"/> bytes; pinned, see <see cref="PinnedSecret"/>.</param>
    /// <returns>How many bytes were written.</returns>
    /// <exception cref="SealBrokenException">The value is not what was sealed, or not with this key; nothing is left in the destination.</exception>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public int Open(
        ReadOnlySpan<byte> sealedValue,
        ReadOnlySpan<byte> associatedData,
        Span<byte> destination
    ) => Envelope.Open(Id, CipherKey, sealedValue, associatedData, destination);

    /// <summary>Zeroes the key.</summary>
    public void Dispose()
    {
        material.Dispose();
        cipherKey.Dispose();
    }

    /// <summary>The key's name, never the key.</summary>
    public override string ToString() => $"data key {Id}";
}
