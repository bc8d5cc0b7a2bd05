namespace Sluice.Seal;

/// <summary>
/// Names an encryption key without telling anything of it: 16 bytes derived from the key, so that every place which holds the key
/// agrees on its name. Printed as 32 lower-case hexadecimal digits.
/// </summary>
public readonly struct KeyId : IEquatable<KeyId>
{
    /// <summary>Bytes in a name.</summary>
    public const int Length = 16;

    private readonly UInt128 value;

    private KeyId(UInt128 value) => this.value = value;

    /// <summary>Reads the 16 bytes of a name.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer.</exception>
    public static KeyId Read(ReadOnlySpan<byte> bytes) =>
        new(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes));

    /// <summary>Writes the 16 bytes of the name.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is room for fewer.</exception>
    public void Write(Span<byte> destination) =>
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(destination, value);

    /// <inheritdoc />
    public bool Equals(KeyId other) => value == other.value;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is KeyId other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => value.GetHashCode();

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public override string ToString() => value.ToString("x32", null);

    /// <summary>The same name.</summary>
    public static bool operator ==(KeyId left, KeyId right) => left.Equals(right);

    /// <summary>Another name.</summary>
    public static bool operator !=(KeyId left, KeyId right) => !left.Equals(right);
}
