using System.Security.Cryptography;

namespace Sluice.Seal;

/// <summary>
/// The key that wraps data keys; it is the operator's and lies outside the database. Lives only in pinned memory. Safe for any number of
/// threads until disposed.
/// </summary>
public sealed class MasterKey : IDisposable
{
    /// <summary>Bytes of key material.</summary>
    public const int Length = 32;

    private readonly PinnedSecret cipherKey;

    /// <summary>The master key with this material; a copy is derived, and zeroing the original is the caller's part.</summary>
    /// <param name="material">32 bytes, uniformly random.</param>
    /// <exception cref="ArgumentException">They are not 32.</exception>
    public MasterKey(ReadOnlySpan<byte> material)
    {
        if (material.Length != Length)
        {
            throw new ArgumentException("A master key has 32 bytes.", nameof(material));
        }

        cipherKey = KeyDerivation.Derive(material, "sluice master-key cipher v1"u8);
        Id = KeyDerivation.Name(material, "sluice master-key id v1"u8);
    }

    /// <summary>The key's name; every data key that it wraps carries it.</summary>
    public KeyId Id { get; }

    /// <summary>Fresh material for a master key: 32 random bytes, for the caller to store and to dispose.</summary>
    public static PinnedSecret GenerateMaterial()
    {
        var material = new PinnedSecret(Length);
        RandomNumberGenerator.Fill(material.Span);
        return material;
    }

    /// <summary>Wraps a data key, so that it can be stored beside what it seals.</summary>
    /// <param name="key">The data key.</param>
    /// <param name="associatedData">Whose key it is, from <see cref="AssociatedData"/>.</param>
    /// <returns>77 bytes in the format of <see cref="Envelope"/>, naming this master key.</returns>
    public byte[] Wrap(DataKey key, ReadOnlySpan<byte> associatedData) =>
        Envelope.Seal(Id, cipherKey.Span, key.Material, associatedData);

    /// <summary>Unwraps a data key.</summary>
    /// <param name="wrapped">What <see cref="Wrap"/> returned.</param>
    /// <param name="associatedData">The same as when it was wrapped.</param>
    /// <exception cref="SealBrokenException">It was wrapped by another master key, or is not what was wrapped.</exception>
    public DataKey Unwrap(ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> associatedData)
    {
        if (Envelope.PlaintextLength(wrapped) != DataKey.Length)
        {
            throw new SealBrokenException(SealBreak.Format);
        }

        using var material = new PinnedSecret(DataKey.Length);
        Envelope.Open(Id, cipherKey.Span, wrapped, associatedData, material.Span);
        return DataKey.From(material.Span);
    }

    /// <summary>Zeroes the key.</summary>
    public void Dispose() => cipherKey.Dispose();

    /// <summary>The key's name, never the key.</summary>
    public override string ToString() => $"master key {Id}";
}
