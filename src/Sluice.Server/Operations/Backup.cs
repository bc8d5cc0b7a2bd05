using System.Formats.Tar;
using System.Text.Json;
using Sluice.Server.Secrets;
using Sluice.Server.Store;

namespace Sluice.Server.Operations;

/// <summary>
/// <c>sluice backup</c>: one file with everything an embedded store keeps, as of one moment, while it goes on serving.
/// 1 copy the store beside the target, 2 check and hash the copy, 3 pack it, 4 give the file its name.
/// </summary>
internal static class Backup
{
    /// <param name="Data">The data folder.</param>
    /// <param name="To">File to write; must not be there yet.</param>
    /// <param name="MasterKeyFile">File to put in as well; null leaves the key out.</param>
    internal sealed record Request(string Data, string To, string? MasterKeyFile, string Version);

    /// <exception cref="BackupException">Why there is no backup.</exception>
    public static async Task<BackupManifest> Run(
        Request request,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var source = Path.Combine(request.Data, BackupManifest.StoreName);
        if (!File.Exists(source))
            throw new BackupException(
                $"There is no embedded store in {request.Data}: name the server's folder with --data."
            );
        var target = Path.GetFullPath(request.To);
        if (File.Exists(target))
            throw new BackupException($"{target} is there already; a backup overwrites nothing.");
        if (request.MasterKeyFile is { } key && !File.Exists(key))
            throw new BackupException(
                $"There is no master key at {key}: it comes from elsewhere, and must be kept from there."
            );
        var folder = Path.GetDirectoryName(target)!;
        Directory.CreateDirectory(folder);
        // The copy and the pack are there at once, and the copy is no larger than the store with its log.
        Disk.NeedRoom(folder, 2 * (SizeOf(source) + SizeOf(source + "-wal")));
        var work = Disk.PrivateFolder(folder);
        try
        {
            var copy = Path.Combine(work, BackupManifest.StoreName);
            await SqliteDatabase.CopyTo(source, copy, stop);
            var needed = await StoreCheck.Run(copy);
            var files = new List<(string Path, BackupFile File)>
            {
                (copy, await Disk.Describe(copy, BackupManifest.StoreName, stop)),
            };
            if (request.MasterKeyFile is { } file)
                files.Add((file, await Disk.Describe(file, BackupManifest.MasterKeyName, stop)));
            var manifest = new BackupManifest
            {
                Format = BackupManifest.CurrentFormat,
                Version = request.Version,
                CreatedAt = clock.GetUtcNow(),
                MasterKeyIds = needed,
                Files = [.. files.Select(entry => entry.File)],
            };
            var packed = Path.Combine(work, "backup");
            await Pack(packed, manifest, files, stop);
            Disk.MoveInto(packed, target);
            return manifest;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static async Task Pack(
        string path,
        BackupManifest manifest,
        IReadOnlyList<(string Path, BackupFile File)> files,
        CancellationToken stop
    )
    {
        await using var file = Disk.Create(path);
        await using (var tar = new TarWriter(file, TarEntryFormat.Pax, leaveOpen: true))
        {
            using var head = new MemoryStream(
                JsonSerializer.SerializeToUtf8Bytes(manifest, BackupJson.Default.BackupManifest)
            );
            await Add(tar, BackupManifest.EntryName, head, stop);
            foreach (var (from, described) in files)
            {
                await using var content = File.OpenRead(from);
                await Add(tar, described.Name, content, stop);
            }
        }
        file.Flush(flushToDisk: true);
    }

    private static Task Add(TarWriter tar, string name, Stream content, CancellationToken stop) =>
        tar.WriteEntryAsync(
            new PaxTarEntry(TarEntryType.RegularFile, name)
            {
                Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                DataStream = content,
            },
            stop
        );

    private static long SizeOf(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;
}

/// <summary>Whether a copy of the store is whole and of this program's schema.</summary>
internal static class StoreCheck
{
    /// <returns>Names of the master keys that its secrets need.</returns>
    /// <exception cref="BackupException">It is damaged.</exception>
    /// <exception cref="SchemaException">It is of a newer program, or no store.</exception>
    public static async Task<IReadOnlyList<string>> Run(string path)
    {
        try
        {
            await using var copy = SqliteDatabase.OpenFile(path);
            var verdict = await copy.Read(session =>
                session
                    .Across("the whole file is checked, whoever's rows are in it")
                    .First<string>("PRAGMA quick_check(1)")
            );
            if (verdict != "ok")
                throw new BackupException("The store is damaged: its own check does not pass.");
            await Migrations.Check(copy);
            return [.. await copy.Read(DataKeyStore.MasterKeysInUse)];
        }
        catch (Exception error) when (SqliteDatabase.IsBroken(error))
        {
            throw new BackupException("The store is damaged, or is no store of Sluice.");
        }
    }
}
