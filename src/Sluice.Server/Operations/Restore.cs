using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json;
using Sluice.Server.Store;

namespace Sluice.Server.Operations;

/// <summary>
/// <c>sluice restore</c>: a backup becomes the store of a folder on which no server runs. What was there is set aside,
/// never overwritten. 1 lock the folder and finish what an earlier restore left, 2 unpack and check everything, 3 decide,
/// 4 set aside and move in (<see cref="PendingRestore"/>).
/// </summary>
internal static class Restore
{
    private const int LargestManifest = 1 << 20;
    private const int LargestMasterKey = 64 << 10;

    /// <param name="Data">The data folder; made if it is missing.</param>
    /// <param name="From">A file that <see cref="Backup"/> wrote.</param>
    /// <param name="Replace">Whether a store that is there may be set aside.</param>
    internal sealed record Request(string Data, string From, bool Replace);

    /// <summary>What was brought back.</summary>
    /// <param name="SetAside">Folder with what was there before; null when nothing was.</param>
    internal sealed record Result(BackupManifest Manifest, string? SetAside);

    /// <param name="say">Told, for the operator, what an interrupted restore had left.</param>
    /// <exception cref="BackupException">Why nothing was changed.</exception>
    /// <exception cref="FolderInUseException">A server is running on the folder.</exception>
    /// <exception cref="SchemaException">The backup was made by a newer program.</exception>
    public static async Task<Result> Run(
        Request request,
        TimeProvider clock,
        Action<string> say,
        CancellationToken stop
    )
    {
        if (!File.Exists(request.From))
            throw new BackupException($"There is no file {request.From}.");
        Directory.CreateDirectory(request.Data);
        using var held = new FolderLock(request.Data);
        held.Take();
        if (PendingRestore.Mend(request.Data) is { } mended)
            say(mended);
        var (manifest, pending) = await Prepare(request, clock, stop);
        foreach (var _ in pending.Steps()) { }
        return new Result(manifest, pending.SetAside);
    }

    /// <summary>Unpacks and checks everything, and decides. The caller holds the folder's lock.</summary>
    internal static async Task<(BackupManifest Manifest, PendingRestore Pending)> Prepare(
        Request request,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        if (File.Exists(Path.Combine(request.Data, BackupManifest.StoreName)) && !request.Replace)
            throw new BackupException(
                $"There is a store in {request.Data} already. Name an empty folder, or say --replace: what is there is then set aside, not deleted."
            );
        Disk.NeedRoom(request.Data, new FileInfo(request.From).Length);
        var work = PendingRestore.Begin(request.Data);
        try
        {
            var manifest = await Unpack(request.From, work, stop);
            var unpacked = Path.Combine(work, BackupManifest.StoreName);
            await StoreCheck.Run(unpacked);
            Disk.SyncFile(unpacked);
            SettleKey(request, work);
            return (manifest, PendingRestore.Decide(request.Data, clock.GetUtcNow()));
        }
        catch
        {
            PendingRestore.GiveUp(request.Data);
            throw;
        }
    }

    /// <summary>Leaves the backup's master key in the folder only if there is none in place, or another.</summary>
    private static void SettleKey(Request request, string work)
    {
        var key = Path.Combine(work, BackupManifest.MasterKeyName);
        var inPlace = Path.Combine(request.Data, BackupManifest.MasterKeyName);
        if (!File.Exists(key) || !File.Exists(inPlace))
            return;
        if (Same(key, inPlace))
            File.Delete(key);
        else if (!request.Replace)
            throw new BackupException(
                $"{inPlace} is another master key than the backup's. Move it away, or say --replace: it is then set aside, not deleted."
            );
    }

    /// <summary>The files named by the manifest, and no others, with the sizes and hashes that it names.</summary>
    private static async Task<BackupManifest> Unpack(
        string from,
        string work,
        CancellationToken stop
    )
    {
        try
        {
            await using var file = File.OpenRead(from);
            await using var tar = new TarReader(file);
            var manifest = await ReadManifest(tar, stop);
            foreach (var expected in manifest.Files)
                await Extract(tar, expected, Path.Combine(work, expected.Name), stop);
            return manifest;
        }
        catch (Exception error)
            when (error
                    is InvalidDataException
                        or EndOfStreamException
                        or JsonException
                        or FormatException
            )
        {
            throw Damaged();
        }
    }

    private static async Task<BackupManifest> ReadManifest(TarReader tar, CancellationToken stop)
    {
        if (
            await tar.GetNextEntryAsync(cancellationToken: stop)
                is not { Name: BackupManifest.EntryName, DataStream: { } content } entry
            || entry.Length > LargestManifest
        )
            throw new BackupException("This file is not a backup of Sluice.");
        var manifest =
            await JsonSerializer.DeserializeAsync(content, BackupJson.Default.BackupManifest, stop)
            ?? throw Damaged();
        if (manifest.Format != BackupManifest.CurrentFormat)
            throw new BackupException(
                $"The backup has format {manifest.Format}, this program reads {BackupManifest.CurrentFormat}: restore with version {manifest.Version}."
            );
        var names = manifest.Files.Select(file => file.Name).ToList();
        // Names decide where files go: only these two exist.
        if (
            names
            is not [BackupManifest.StoreName]
                and not [BackupManifest.StoreName, BackupManifest.MasterKeyName]
        )
            throw Damaged();
        return manifest;
    }

    private static async Task Extract(
        TarReader tar,
        BackupFile expected,
        string path,
        CancellationToken stop
    )
    {
        if (
            await tar.GetNextEntryAsync(cancellationToken: stop)
                is not { EntryType: TarEntryType.RegularFile, DataStream: { } content } entry
            || entry.Name != expected.Name
            || entry.Length != expected.Size
            || (expected.Name == BackupManifest.MasterKeyName && entry.Length > LargestMasterKey)
        )
            throw Damaged();
        await using (var file = Disk.Create(path))
        {
            await content.CopyToAsync(file, stop);
            file.Flush(flushToDisk: true);
        }
        if (await Disk.Describe(path, expected.Name, stop) != expected)
            throw Damaged();
    }

    private static bool Same(string one, string other) =>
        CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(File.ReadAllBytes(one)),
            SHA256.HashData(File.ReadAllBytes(other))
        );

    private static BackupException Damaged() =>
        new(
            "The backup is damaged: what is in it is not what its manifest says. Nothing was changed."
        );
}
