using System.Text;

namespace Sluice.Runner.Builds;

/// <summary>One regular file of an archive.</summary>
internal sealed record TarFile(string Path, byte[] Content, bool Executable);

/// <summary>
/// The small part of tar that packages need: regular files and folders, names of any length up to 1 KiB. What is written
/// depends on names, bytes and the executable bit alone. What is read may be hostile: links, devices, absolute or
/// climbing paths and anything beyond the given size are refused, and memory follows what was really there.
/// </summary>
internal static class Tar
{
    private const int Block = 512;
    private const int MaxName = 1024;
    private const int MaxFiles = 20_000;

    public static void Write(Stream to, IEnumerable<TarFile> files)
    {
        foreach (var file in files.OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            var name = Encoding.UTF8.GetBytes(file.Path);
            if (name.Length > 100)
                WriteEntry(to, "././@LongLink"u8, [.. name, 0], (byte)'L', executable: false);
            WriteEntry(
                to,
                name.AsSpan(0, Math.Min(100, name.Length)),
                file.Content,
                (byte)'0',
                file.Executable
            );
        }
        to.Write(new byte[Block * 2]);
    }

    /// <summary>Reads a whole archive.</summary>
    /// <param name="from">The uncompressed archive.</param>
    /// <param name="maxSize">Bytes of content that all files together may have.</param>
    /// <returns>The files, or what is wrong as a public phrase.</returns>
    public static (IReadOnlyList<TarFile> Files, string? Wrong) Read(Stream from, long maxSize)
    {
        List<TarFile> files = [];
        HashSet<string> seen = [];
        var head = new byte[Block];
        string? longName = null;
        while (from.ReadAtLeast(head, Block, throwOnEndOfStream: false) == Block && head[0] != 0)
        {
            if (Octal(head.AsSpan(124, 12)) is not { } size || size > maxSize)
                return ([], "it is larger than a package may be");
            var kind = (char)head[156];
            if (kind == 'L')
            {
                if (size > MaxName || ReadContent(from, size) is not { } bytes)
                    return ([], "a file name is too long");
                longName = Encoding.UTF8.GetString(bytes).TrimEnd('\0');
                continue;
            }
            var path = (longName ?? Name(head)).TrimEnd('/');
            longName = null;
            path = path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
            if (kind == '5')
                continue;
            if (kind is not ('0' or '\0'))
                return ([], $"{Shown(path)} is not a regular file");
            if (!IsPlain(path) || !seen.Add(path) || files.Count == MaxFiles)
                return (
                    [],
                    files.Count == MaxFiles
                        ? "it has too many files"
                        : $"{Shown(path)} is not an acceptable path"
                );
            maxSize -= size;
            if (ReadContent(from, size) is not { } content)
                return ([], "it ends too early");
            files.Add(new TarFile(path, content, (Octal(head.AsSpan(100, 8)) & 0x40) != 0));
        }
        return (files, null);
    }

    /// <summary>Relative, within its folder, without names that mean something to a file system.</summary>
    public static bool IsPlain(string path) =>
        path.Length is > 0 and <= MaxName
        && !path.Contains('\0', StringComparison.Ordinal)
        && !path.Contains('\\', StringComparison.Ordinal)
        && path.Split('/').All(part => part is not ("" or "." or ".."));

    private static string Shown(string path) => path.Length <= 80 ? path : path[..80] + "…";

    private static string Name(ReadOnlySpan<byte> head)
    {
        var name = Text(head[..100]);
        var prefix =
            head[257..262].SequenceEqual("ustar"u8) && head[262] == 0 ? Text(head[345..500]) : "";
        return prefix.Length == 0 ? name : prefix + "/" + name;
    }

    private static string Text(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }

    private static long? Octal(ReadOnlySpan<byte> field)
    {
        long value = 0;
        foreach (var digit in field)
        {
            if (digit is 0 or (byte)' ')
                continue;
            if (digit is < (byte)'0' or > (byte)'7')
                return null;
            value = value << 3 | (long)(digit - '0');
        }
        return value;
    }

    private static byte[]? ReadContent(Stream from, long size)
    {
        const int piece = 1 << 20;
        using var content = new MemoryStream();
        var buffer = new byte[Math.Min(size, piece)];
        for (var left = size; left > 0; )
        {
            var count = from.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
            if (count == 0)
                return null;
            content.Write(buffer, 0, count);
            left -= count;
        }
        var padding = (int)((Block - size % Block) % Block);
        Span<byte> rest = stackalloc byte[Block];
        return from.ReadAtLeast(rest[..padding], padding, throwOnEndOfStream: false) == padding
            ? content.ToArray()
            : null;
    }

    private static void WriteEntry(
        Stream to,
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> content,
        byte kind,
        bool executable
    )
    {
        Span<byte> head = stackalloc byte[Block];
        head.Clear();
        name.CopyTo(head);
        Put(head, 100, executable ? "0000755" : "0000644");
        Put(head, 108, "0000000");
        Put(head, 116, "0000000");
        Put(head, 124, Convert.ToString(content.Length, 8).PadLeft(11, '0'));
        Put(head, 136, "00000000000");
        Put(head, 148, "        ");
        head[156] = kind;
        Put(head, 257, "ustar  ");
        var sum = 0;
        foreach (var value in head)
            sum += value;
        Put(head, 148, Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ");
        to.Write(head);
        to.Write(content);
        to.Write(new byte[(Block - content.Length % Block) % Block]);
    }

    private static void Put(Span<byte> head, int at, string text) =>
        Encoding.ASCII.GetBytes(text, head[at..]);
}
