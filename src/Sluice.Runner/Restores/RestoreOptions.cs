using System.Collections.Frozen;

namespace Sluice.Runner.Restores;

/// <summary>What the operator decides about the dependencies of packages.</summary>
public sealed record RestoreOptions
{
    /// <summary>By kind (npm, nuget, pypi, go, cargo, maven). A kind that is not here is asked of this machine's own tools.</summary>
    public IReadOnlyDictionary<string, SourceOptions> Sources { get; init; } =
        FrozenDictionary<string, SourceOptions>.Empty;

    /// <summary>The proxy on the way to sources; null for the one that the standard variables name, if any.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>Bytes that one restore may download. Default 256 MiB.</summary>
    public long MaxDownload { get; init; } = 256L << 20;

    /// <summary>Bytes of what one restore unpacks. Default 192 MiB.</summary>
    public long MaxSize { get; init; } = 192L << 20;

    /// <summary>Packages that one restore may take. Default 1000.</summary>
    public int MaxPackages { get; init; } = 1000;

    /// <summary>Wall time of one restore. Default 5 minutes.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Bytes of downloads that are kept for later restores, beside those of the last half hour. Default 2 GiB.</summary>
    public long CacheSize { get; init; } = 2L << 30;
}

/// <summary>Where packages of one kind come from.</summary>
public sealed record SourceOptions
{
    /// <summary>
    /// An address with http or https, the path of a folder, or <c>off</c>. Null: as this machine's own tools are set.
    /// </summary>
    public string? Address { get; init; }

    /// <summary>
    /// Further hosts (<c>host</c> or <c>host:port</c>) that the source's links and redirections may lead to. Default: none.
    /// </summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>What goes into the header <c>Authorization</c>, to the source's own host alone; null for nothing.</summary>
    public string? Authorization { get; init; }
}
