using System.Globalization;
using System.Text;

namespace Sluice.Language.Packages;

/// <summary>Writes the POSIX tar format (ustar; a pax header for paths over 100 characters), with nothing in it that varies.</summary>
internal static class TarFormat
{
    private const int Block = 512;
    private const int LongestName = 100;

    public static void Write(PackageSource source, Stream output)
    {
        foreach (var path in source.Paths)
        {
            if (PackagePath.Fault(path) is { } fault)
                throw new ArgumentException($"'{path}' {fault}.", nameof(source));
            if (path.Length > LongestName)
                Entry(output, "pax", 'x', Encoding.ASCII.GetBytes(PathRecord(path)));
            Entry(
                output,
                path.Length > LongestName ? path[..LongestName] : path,
                '0',
                source.Files[path]
            );
        }
        output.Write(new byte[2 * Block]);
    }

    /// <summary>"123 path=…\n", where the number counts the whole record, itself included.</summary>
    private static string PathRecord(string path)
    {
        var rest = $" path={path}\n";
        var length = rest.Length + 2;
        length = rest.Length + length.ToString(CultureInfo.InvariantCulture).Length;
        length = rest.Length + length.ToString(CultureInfo.InvariantCulture).Length;
        return length.ToString(CultureInfo.InvariantCulture) + rest;
    }

    private static void Entry(Stream output, string name, char type, byte[] content)
    {
        Span<byte> header = stackalloc byte[Block];
        header.Clear();
        Encoding.ASCII.GetBytes(name, header);
        Octal(header.Slice(100, 8), 0b110_100_100);
        Octal(header.Slice(108, 8), 0);
        Octal(header.Slice(116, 8), 0);
        Octal(header.Slice(124, 12), content.Length);
        Octal(header.Slice(136, 12), 0);
        header[156] = (byte)type;
        "ustar\000"u8.CopyTo(header[257..]);
        header.Slice(148, 8).Fill((byte)' ');
        var sum = 0;
        foreach (var b in header)
            sum += b;
        Octal(header.Slice(148, 7), sum);
        output.Write(header);
        output.Write(content);
        output.Write(new byte[(Block - content.Length % Block) % Block]);
    }

    /// <summary>Octal digits that fill a field up to its closing zero byte.</summary>
    private static void Octal(Span<byte> field, int value)
    {
        for (var i = field.Length - 2; i >= 0; i--, value >>= 3)
            field[i] = (byte)('0' + (value & 7));
        field[^1] = 0;
    }
}
