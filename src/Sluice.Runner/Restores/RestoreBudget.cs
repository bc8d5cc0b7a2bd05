namespace Sluice.Runner.Restores;

/// <summary>What one restore may still take from its source.</summary>
internal sealed class RestoreBudget(RestoreOptions options)
{
    private long _bytes;
    private int _packages;

    /// <summary>Counts a package.</summary>
    /// <returns>Null, or that there are too many as a public sentence.</returns>
    public string? TakePackage() =>
        Interlocked.Increment(ref _packages) <= options.MaxPackages
            ? null
            : $"The dependencies are more than {options.MaxPackages} packages, the most that this server takes (Packages:MaxDependencies).";

    /// <summary>Counts bytes of a download.</summary>
    /// <returns>Null, or that they are too many as a public sentence.</returns>
    public string? Take(long bytes) =>
        Interlocked.Add(ref _bytes, bytes) <= options.MaxDownload
            ? null
            : $"The dependencies are more than {options.MaxDownload >> 20} MiB to download, the most that this server takes (Packages:MaxDownload).";
}
