using System.Security.Cryptography;
using System.Text;

namespace Sluice.Runner.Restores;

/// <summary>
/// Downloads that later restores need again, of all tenants. Only the server writes here, only what a source itself gave
/// for an address, and a file is named by its own hash: a tenant chooses what is fetched, never what is in it. A file is
/// hashed again each time before it is used; one that is not what its name says is thrown away.
/// </summary>
internal sealed class DownloadCache
{
    /// <summary>Longer than a restore takes.</summary>
    private static readonly TimeSpan s_inUse = TimeSpan.FromMinutes(30);

    private readonly string _files;
    private readonly string _index;
    private readonly string _scratch;
    private readonly long _most;
    private readonly TimeProvider _clock;
    private readonly Lock _sweeping = new();

    /// <param name="folder">Belongs to the cache alone.</param>
    /// <param name="scratch">On the same disk, emptied at start.</param>
    /// <param name="most">Bytes to keep.</param>
    /// <param name="clock">Says what was used lately.</param>
    public DownloadCache(string folder, string scratch, long most, TimeProvider clock)
    {
        (_scratch, _most, _clock) = (scratch, most, clock);
        _files = Directory.CreateDirectory(Path.Combine(folder, "files")).FullName;
        _index = Directory.CreateDirectory(Path.Combine(folder, "index")).FullName;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(
                folder,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );
        // Notes of files that a sweep has thrown away.
        foreach (var entry in Directory.EnumerateFiles(_index))
            if (!File.Exists(Path.Combine(_files, File.ReadAllText(entry))))
                File.Delete(entry);
    }

    /// <summary>A place for a download that is under way.</summary>
    public string NewFile() => Path.Combine(_scratch, "download-" + Path.GetRandomFileName());

    /// <summary>What was downloaded from there before; null when nothing was, or it is spoilt.</summary>
    public async Task<string?> Find(Source source, Uri address, CancellationToken stop)
    {
        var entry = Entry(source, address);
        try
        {
            var hash = await File.ReadAllTextAsync(entry, stop);
            var file = Path.Combine(_files, hash);
            if (
                hash.Length != 64
                || !hash.All(char.IsAsciiHexDigitLower)
                || await Hash(file, stop) != hash
            )
            {
                Forget(source, address);
                File.Delete(file);
                return null;
            }
            Touch(file);
            return file;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Keeps a download under its hash.</summary>
    /// <returns>Where it is now.</returns>
    public async Task<string> Add(
        Source source,
        Uri address,
        string download,
        CancellationToken stop
    )
    {
        var hash = await Hash(download, stop);
        var file = Path.Combine(_files, hash);
        File.Move(download, file, overwrite: true);
        Touch(file);
        var entry = NewFile();
        await File.WriteAllTextAsync(entry, hash, stop);
        File.Move(entry, Entry(source, address), overwrite: true);
        return file;
    }

    /// <summary>The source is asked again next time.</summary>
    public void Forget(Source source, Uri address) => File.Delete(Entry(source, address));

    /// <summary>Throws away what was used longest ago until the rest fits; never what a restore may be reading.</summary>
    public void Sweep()
    {
        var lately = _clock.GetUtcNow().UtcDateTime - s_inUse;
        lock (_sweeping)
        {
            var left = _most;
            foreach (
                var file in new DirectoryInfo(_files)
                    .EnumerateFiles()
                    .OrderByDescending(file => file.LastWriteTimeUtc)
            )
                if ((left -= file.Length) < 0 && file.LastWriteTimeUtc < lately)
                    file.Delete();
        }
    }

    public static async Task<string> Hash(string file, CancellationToken stop)
    {
        await using var content = File.OpenRead(file);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, stop));
    }

    /// <summary>A source that was set to another address does not answer for the one before.</summary>
    private string Entry(Source source, Uri address) =>
        Path.Combine(
            _index,
            Convert.ToHexStringLower(
                SHA256.HashData(
                    Encoding.UTF8.GetBytes($"{source.Kind}\n{source.Address}\n{address}")
                )
            )
        );

    private void Touch(string file) =>
        File.SetLastWriteTimeUtc(file, _clock.GetUtcNow().UtcDateTime);
}
