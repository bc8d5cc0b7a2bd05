using Sluice.Language.Packages.Dependencies;
using Sluice.Runner.Builds;

namespace Sluice.Runner.Restores;

/// <summary>What is to be restored.</summary>
internal sealed record RestoreRequest
{
    public required BuildRequest Build { get; init; }

    public required DependencyList Asked { get; init; }

    public required Source Source { get; init; }

    /// <summary>What an earlier build of the same version took for the same question; null when there is none.</summary>
    public DependencyLock? Lock { get; init; }

    public required RestoreBudget Budget { get; init; }

    /// <summary>A folder that is this restore's alone.</summary>
    public required string Scratch { get; init; }

    public string? Text(string path) =>
        Build.Files.TryGetValue(path, out var bytes)
            ? System.Text.Encoding.UTF8.GetString(bytes)
            : null;
}

/// <summary>What a restore came to.</summary>
internal sealed record Restored
{
    /// <summary>One public sentence when it failed.</summary>
    public string? Failure { get; init; }

    /// <summary>Each dependency that is at fault, where several are.</summary>
    public IReadOnlyList<Sluice.Language.Mistake> Mistakes { get; init; } = [];

    /// <summary>What is laid beside the author's files before the build.</summary>
    public IReadOnlyList<TarFile> Files { get; init; } = [];

    /// <summary>What was taken; its <see cref="DependencyLock.Asked"/> is filled in by the restorer.</summary>
    public DependencyLock? Lock { get; init; }

    /// <summary>True for a path that the build needs and the built package does not.</summary>
    public Func<string, bool> IsLeftOut { get; init; } = _ => false;

    public static Restored No(string why) => new() { Failure = why };
}

/// <summary>How the dependencies of one kind are restored.</summary>
internal interface IRestore
{
    /// <summary>A word of <see cref="DependencyKinds"/>.</summary>
    string Kind { get; }

    /// <summary>Folders and files of the package, each with its final <c>/</c> or not, that are the restore's and never the author's.</summary>
    IReadOnlyList<string> Owns { get; }

    /// <summary>The texts that decide what is asked for, beyond the list itself: the author's files that the tool reads.</summary>
    IEnumerable<string> Question(RestoreRequest request);

    Task<Restored> Run(RestoreRequest request, CancellationToken stop);
}
