using System.Buffers.Binary;
using System.Text;

namespace Sluice.Seal;

/// <summary>
/// Encodes what a sealed value belongs to. A value opens only with the same associated data, so a ciphertext that is moved to another
/// tenant, name or version is worthless there. Source: spec/envelope.md.
/// </summary>
public static class AssociatedData
{
    /// <summary>
    /// One byte with the number of fields; for each its length in UTF-8 bytes (u32, little-endian) and the bytes; last the version
    /// (i64, little-endian). No two different inputs have the same encoding.
    /// </summary>
    /// <param name="version">The version of the thing that is sealed; 0 for things that have none.</param>
    /// <param name="fields">What kind of thing it is, and then where it belongs, from the widest to the narrowest; at most 255.</param>
    /// <exception cref="ArgumentException">There are more fields, or one holds half of a surrogate pair and so has no UTF-8.</exception>
    public static byte[] Encode(long version, params ReadOnlySpan<string> fields)
    {
        if (fields.Length > byte.MaxValue)
        {
            throw new ArgumentException("At most 255 fields.", nameof(fields));
        }

        var length = 1 + sizeof(long);
        foreach (var field in fields)
        {
            length += sizeof(uint) + Strict.GetByteCount(field);
        }

        var encoded = new byte[length];
        encoded[0] = (byte)fields.Length;
        var at = 1;
        foreach (var field in fields)
        {
            var written = Strict.GetBytes(field, encoded.AsSpan(at + sizeof(uint)));
            BinaryPrimitives.WriteUInt32LittleEndian(encoded.AsSpan(at), (uint)written);
            at += sizeof(uint) + written;
        }

        BinaryPrimitives.WriteInt64LittleEndian(encoded.AsSpan(at), version);
        return encoded;
    }

    // A replacement character would make two different names one; such input is a mistake of ours.
    private static UTF8Encoding Strict { get; } =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
