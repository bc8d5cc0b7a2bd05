using System.Collections.Concurrent;
using System.Security.Cryptography;
using Sluice.Runner.Sandbox;

namespace Sluice.Runner.Builds;

/// <summary>
/// Built packages unpacked on this machine, a read-only folder each, named by digest. A folder that exists is whole:
/// it is written beside and renamed. What is missing is fetched once, however many ask. One that no worker was started
/// with for a month is removed at the next start: it is not kept for a tenant who is gone, and comes again when it is wanted.
/// </summary>
internal sealed class PackageStore
{
    private const UnixFileMode ReadFile =
        UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode RunFile =
        ReadFile | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static readonly TimeSpan KeptUnused = TimeSpan.FromDays(30);

    private readonly TimeProvider _clock;
    private readonly string _packages;
    private readonly long _maxSize;
    private readonly ConcurrentDictionary<string, Lazy<Task<string?>>> _fetching = new();

    public PackageStore(string dataPath, long maxSize, TimeProvider clock)
    {
        _clock = clock;
        dataPath = Path.GetFullPath(dataPath);
        _maxSize = maxSize;
        _packages = Path.Combine(dataPath, "packages");
        Scratch = Path.Combine(dataPath, "scratch");
        // Leftovers of a process that was ended in the middle.
        if (Directory.Exists(Scratch))
            foreach (var left in new DirectoryInfo(Scratch).EnumerateFileSystemInfos().ToList())
            {
                if (left is DirectoryInfo { LinkTarget: null })
                    Leftovers.Delete(left.FullName);
                else
                    left.Delete();
            }
        Directory.CreateDirectory(_packages);
        Directory.CreateDirectory(Scratch);
        // Now only: no worker has one of them mounted yet.
        RemoveUnused();
    }

    /// <summary>Folder for files that live no longer than this process.</summary>
    public string Scratch { get; }

    /// <summary>Makes sure that a package is here.</summary>
    /// <returns>Its folder, or why it cannot be had as a public sentence.</returns>
    public async ValueTask<(string? Folder, string? WhyNot)> Ensure(
        WorkerSpec spec,
        CancellationToken stop
    )
    {
        if (spec.Digest.Length != 64 || !spec.Digest.All(char.IsAsciiHexDigitLower))
            return (null, "The package's digest is not one.");
        var folder = Path.Combine(_packages, spec.Digest);
        if (Directory.Exists(folder))
        {
            MarkUsed(folder);
            return (folder, null);
        }
        var fetch = _fetching
            .GetOrAdd(spec.Digest, _ => new Lazy<Task<string?>>(() => Fetch(spec, folder)))
            .Value;
        try
        {
            var whyNot = await fetch.WaitAsync(stop);
            return whyNot is null ? (folder, null) : (null, whyNot);
        }
        finally
        {
            if (fetch.IsCompleted)
                _fetching.TryRemove(spec.Digest, out _);
        }
    }

    /// <summary>Puts a package there that was just built here.</summary>
    public void Add(string digest, IReadOnlyList<TarFile> files)
    {
        var folder = Path.Combine(_packages, digest);
        if (Directory.Exists(folder))
            return;
        var beside = Path.Combine(Scratch, Path.GetRandomFileName());
        foreach (var file in files)
        {
            var path = Path.Combine(beside, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, file.Content);
            Protect(path, file.Executable ? RunFile : ReadFile);
        }
        Directory.CreateDirectory(beside);
        try
        {
            Directory.Move(beside, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            Directory.Delete(beside, recursive: true);
            return;
        }
        foreach (
            var inner in Directory
                .EnumerateDirectories(folder, "*", SearchOption.AllDirectories)
                .Append(folder)
        )
            Protect(inner, RunFile);
        MarkUsed(folder);
    }

    /// <summary>Makes a file one that can be run, by anybody.</summary>
    public static void MarkProgram(string path) => Protect(path, RunFile);

    private void MarkUsed(string folder)
    {
        try
        {
            Directory.SetLastWriteTimeUtc(folder, _clock.GetUtcNow().UtcDateTime);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user's, from a former start: it can be read, and that is what it is for.
        }
    }

    private void RemoveUnused()
    {
        var before = _clock.GetUtcNow().UtcDateTime - KeptUnused;
        foreach (var folder in Directory.EnumerateDirectories(_packages).ToList())
        {
            if (Directory.GetLastWriteTimeUtc(folder) >= before)
                continue;
            try
            {
                Remove(folder);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It is tried again at the next start, and is no reason not to start now.
            }
        }
    }

    private void Remove(string folder)
    {
        // Whoever is not root removes nothing from a read-only folder, nor moves one.
        foreach (
            var inner in Directory
                .EnumerateDirectories(folder, "*", SearchOption.AllDirectories)
                .Append(folder)
                .ToList()
        )
            Protect(inner, RunFile | UnixFileMode.UserWrite);
        // A folder that exists is whole, also when this is broken off.
        var going = Path.Combine(Scratch, Path.GetFileName(folder));
        Directory.Move(folder, going);
        Directory.Delete(going, recursive: true);
    }

    private static void Protect(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);
    }

    private async Task<string?> Fetch(WorkerSpec spec, string folder)
    {
        var copy = Path.Combine(Scratch, Path.GetRandomFileName());
        // It may have come while this caller was on its way here.
        if (Directory.Exists(folder))
            return null;
        try
        {
            await using var file = new FileStream(
                copy,
                FileMode.CreateNew,
                FileAccess.ReadWrite,
                FileShare.None,
                1 << 16,
                FileOptions.DeleteOnClose | FileOptions.Asynchronous
            );
            await using (var archive = await spec.OpenArchive(CancellationToken.None))
            {
                if (await Copy(archive, file) is { } tooLarge)
                    return tooLarge;
            }
            file.Position = 0;
            var digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(file));
            if (digest != spec.Digest)
                return "The stored package is damaged: its digest is not the one it was built with.";
            file.Position = 0;
            var (files, wrong) = BuiltArchive.Unpack(file, _maxSize);
            if (wrong is not null)
                return $"The stored package cannot be unpacked: {wrong}.";
            Add(spec.Digest, files);
            return null;
        }
        catch (IOException)
        {
            return "The package could not be fetched or unpacked on this machine.";
        }
    }

    private async Task<string?> Copy(Stream from, Stream to)
    {
        var buffer = new byte[1 << 16];
        long total = 0;
        int count;
        while ((count = await from.ReadAsync(buffer)) > 0)
        {
            if ((total += count) > _maxSize)
                return "The stored package is larger than a package may be.";
            await to.WriteAsync(buffer.AsMemory(0, count));
        }
        return null;
    }
}
