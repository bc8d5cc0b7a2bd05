using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Sluice.Language.Documents;

namespace Sluice.Language.Packages;

/// <summary>A package as one file: a gzip-compressed tar. Reading treats it as hostile; writing is deterministic.</summary>
public static class PackageArchive
{
    /// <summary>
    /// Reads an archive into memory, at most <see cref="ArchiveLimits.Unpacked"/> bytes and
    /// <see cref="ArchiveLimits.Files"/> files, however much the archive claims or unpacks to.
    /// </summary>
    /// <param name="gzip">Read forward only; not closed. What follows a refused entry is still looked at, what follows a limit is not.</param>
    /// <returns>The files, or every entry that cannot be taken; <see cref="Mistake.Where"/> is its name.</returns>
    public static async Task<Reading<PackageSource>> Read(Stream gzip, CancellationToken stop)
    {
        var intake = new ArchiveIntake();
        try
        {
            await using var unzipped = new GZipStream(
                gzip,
                CompressionMode.Decompress,
                leaveOpen: true
            );
            await using var bounded = new BoundedStream(unzipped, ArchiveLimits.Stream);
            await using var tar = new TarReader(bounded);
            while (await tar.GetNextEntryAsync(copyData: false, stop) is { } entry)
                if (!await intake.Take(entry, stop))
                    break;
        }
        catch (BoundedStream.TooLongException)
        {
            intake.TooLarge();
        }
        catch (Exception e)
            when (e
                    is InvalidDataException
                        or FormatException
                        or EndOfStreamException
                        or ArgumentException
                        or NotSupportedException
                        or OverflowException
            )
        {
            intake.Malformed();
        }
        return intake.Finish();
    }

    /// <summary>Packs files so that the same files give the same bytes: sorted, with fixed times, owners and modes.</summary>
    /// <exception cref="ArgumentException">A path that <see cref="Read"/> would refuse.</exception>
    public static byte[] Write(PackageSource source)
    {
        using var gzip = new MemoryStream();
        using (var zipped = new GZipStream(gzip, CompressionLevel.Optimal, leaveOpen: true))
            TarFormat.Write(source, zipped);
        return gzip.ToArray();
    }

    /// <summary>SHA-256 in lower-case hex over the uncompressed archive, so that it depends on the files alone and on no version of a compressor.</summary>
    public static string Digest(PackageSource source)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using (var stream = new HashStream(hash))
            TarFormat.Write(source, stream);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private sealed class HashStream(IncrementalHash hash) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => hash.AppendData(buffer);
    }
}

/// <summary>Collects the files of an archive and refuses what is no plain file in a plain place.</summary>
internal sealed class ArchiveIntake
{
    private readonly MistakeList mistakes = new(null);
    private readonly Dictionary<string, byte[]> files = new(StringComparer.Ordinal);

    // Two names that differ in case alone are one file on some systems.
    private readonly HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> folders = new(StringComparer.OrdinalIgnoreCase);
    private int entries;
    private long size;

    /// <summary>False when nothing further is to be read.</summary>
    public async Task<bool> Take(TarEntry entry, CancellationToken stop)
    {
        if (++entries > ArchiveLimits.Entries)
            return TooMany();
        if (entry.EntryType == TarEntryType.GlobalExtendedAttributes)
            return true;
        var isFolder = entry.EntryType == TarEntryType.Directory;
        var path = Plain(entry.Name, isFolder);
        if (isFolder && path.Length == 0)
            return true;
        if (PackagePath.Fault(path) is { } fault)
            Refuse("archive_path", $"The path {fault}.", entry.Name);
        else if (isFolder)
            return true;
        else if (entry.EntryType is TarEntryType.SymbolicLink or TarEntryType.HardLink)
            Refuse(
                "archive_link",
                "Links are not taken; put the file itself into the archive.",
                path
            );
        else if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
            Refuse(
                "archive_entry",
                "Only plain files are taken, no devices, pipes or other special files.",
                path
            );
        else if (!names.Add(path))
            Refuse(
                "archive_duplicate",
                "There is a file with this name already (upper and lower case count as one).",
                path
            );
        else if (names.Count > ArchiveLimits.Files)
            return TooMany();
        else if (size + entry.Length > ArchiveLimits.Unpacked)
            return TooLarge();
        else
            await Keep(path, entry, stop);
        return true;
    }

    private async Task Keep(string path, TarEntry entry, CancellationToken stop)
    {
        for (var i = path.IndexOf('/'); i > 0; i = path.IndexOf('/', i + 1))
            folders.Add(path[..i]);
        var content = new byte[entry.Length];
        if (entry.DataStream is not null)
            await entry.DataStream.ReadExactlyAsync(content, stop);
        size += content.Length;
        files[path] = content;
    }

    public bool TooLarge()
    {
        mistakes.Add(
            new Mistake(
                "archive_too_large",
                $"The archive unpacks to more than {ArchiveLimits.Unpacked / (1024 * 1024)} MiB."
            )
        );
        return false;
    }

    private bool TooMany()
    {
        mistakes.Add(
            new Mistake(
                "archive_too_many_files",
                $"The archive holds more than {ArchiveLimits.Files} files."
            )
        );
        return false;
    }

    public void Malformed() =>
        mistakes.Add(
            new Mistake(
                "archive_malformed",
                "This is no complete gzip-compressed tar; `tar -czf` makes one."
            )
        );

    public Reading<PackageSource> Finish()
    {
        foreach (var path in files.Keys.Where(folders.Contains))
            Refuse("archive_duplicate", "This name belongs to a file and to a folder.", path);
        if (files.Count == 0 && !mistakes.HasErrors)
            mistakes.Add(new Mistake("archive_empty", "The archive holds no file."));
        return mistakes.Finish(new PackageSource(files));
    }

    private void Refuse(string code, string message, string name) =>
        mistakes.Add(new Mistake(code, message, Where: Shown.Text(name)));

    /// <summary>The name as <c>tar -C folder .</c> writes it, without its leading <c>./</c> and a folder's last slash.</summary>
    private static string Plain(string name, bool isFolder)
    {
        var path = name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name;
        return isFolder && path.EndsWith('/') ? path[..^1] : path;
    }
}
