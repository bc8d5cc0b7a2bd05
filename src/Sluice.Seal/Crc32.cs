namespace Sluice.Seal;

/// <summary>
/// CRC-32 as in zip, gzip and Ethernet: polynomial 0x04C11DB7 reflected, all ones at start and inverted at the end.
/// It finds typing mistakes and made-up keys; it protects nothing. Source: ISO 3309, RFC 1952 section 8.
/// </summary>
internal static class Crc32
{
    private static readonly uint[] Table = MakeTable();

    /// <summary>The checksum of the bytes; of no bytes it is 0.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var state = uint.MaxValue;
        foreach (var next in bytes)
        {
            state = Table[(byte)(state ^ next)] ^ (state >> 8);
        }

        return ~state;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (var at = 0u; at < table.Length; at++)
        {
            var entry = at;
            for (var bit = 0; bit < 8; bit++)
            {
                entry = (entry & 1) == 0 ? entry >> 1 : (entry >> 1) ^ 0xEDB88320u;
            }

            table[at] = entry;
        }

        return table;
    }
}
