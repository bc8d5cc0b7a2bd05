using System.Security.Cryptography;

namespace Sluice.Server.Operations;

/// <summary>Files that must be whole on the disk before their name means anything.</summary>
internal static class Disk
{
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const long Spare = 16 << 20;

    /// <summary>A new folder beside what it will become, which nobody else can enter.</summary>
    public static string PrivateFolder(string parent) =>
        Directory
            .CreateDirectory(
                Path.Combine(parent, $".sluice-{Guid.NewGuid():N}"),
                Own | UnixFileMode.UserExecute
            )
            .FullName;

    /// <summary>A new file that only its owner can read.</summary>
    public static FileStream Create(string path) =>
        new(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.None,
                UnixCreateMode = Own,
                BufferSize = 1 << 16,
            }
        );

    /// <summary>Writes a small file so that it is there whole or not at all.</summary>
    public static void WriteWhole(string path, ReadOnlySpan<byte> bytes)
    {
        var folder = PrivateFolder(Path.GetDirectoryName(path)!);
        try
        {
            var written = Path.Combine(folder, "file");
            using (var file = Create(written))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }
            MoveInto(written, path);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Gives a flushed file its name, and makes the name durable.</summary>
    public static void MoveInto(string from, string to)
    {
        File.Move(from, to, overwrite: true);
        SyncFolder(Path.GetDirectoryName(to)!);
    }

    /// <summary>Gives a folder whose files are flushed its name, in one step, and makes the name durable.</summary>
    public static void MoveFolder(string from, string to)
    {
        SyncFolder(from);
        Directory.Move(from, to);
        SyncFolder(Path.GetDirectoryName(to)!);
    }

    public static void SyncFile(string path)
    {
        using var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    public static async Task<BackupFile> Describe(string path, string name, CancellationToken stop)
    {
        await using var file = File.OpenRead(path);
        return new BackupFile(
            name,
            file.Length,
            Convert.ToHexStringLower(await SHA256.HashDataAsync(file, stop))
        );
    }

    /// <exception cref="BackupException">There is less room than that, and some to spare.</exception>
    public static void NeedRoom(string folder, long bytes)
    {
        var free = new DriveInfo(folder).AvailableFreeSpace;
        if (free < bytes + Spare)
            throw new BackupException(
                $"There is not enough room in {folder}: {bytes + Spare} bytes are needed, {free} are free. Nothing was written."
            );
    }

    public static void SyncFolder(string path)
    {
        using var handle = Native.OpenFolder(path);
        Native.Sync(handle);
    }
}
