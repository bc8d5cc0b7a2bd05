using Sluice.Language;
using Sluice.Language.Packages;
using Sluice.Language.Packages.Dependencies;
using Sluice.Language.Protos;

namespace Sluice.Runner;

/// <summary>A package to build: what its author wrote, checked already.</summary>
public sealed record BuildRequest
{
    public required string TenantId { get; init; }

    /// <summary>The author's files by relative path with '/'.</summary>
    public required IReadOnlyDictionary<string, byte[]> Files { get; init; }

    public required Manifest Manifest { get; init; }

    public required Schema Schema { get; init; }

    /// <summary>What an earlier build of the same version took as dependencies; null when there was none.</summary>
    public DependencyLock? Lock { get; init; }

    /// <summary>Hears each line of the build, from several threads one at a time.</summary>
    public required Action<string> Log { get; init; }
}

/// <summary>What a build came to.</summary>
public sealed record BuildOutcome
{
    public required bool Ok { get; init; }

    /// <summary>One public sentence when it failed; the log has the rest.</summary>
    public string? Failure { get; init; }

    /// <summary>Each thing at fault in what the author wrote, when it failed and that is known.</summary>
    public IReadOnlyList<Mistake> Mistakes { get; init; } = [];

    /// <summary>What was taken as dependencies; null when there are none.</summary>
    public DependencyLock? Lock { get; init; }

    /// <summary>The built package as a gzipped tar; empty when it failed.</summary>
    public byte[] Archive { get; init; } = [];

    /// <summary>SHA-256 of the archive, lower-case hex; empty when it failed.</summary>
    public string Digest { get; init; } = "";
}
