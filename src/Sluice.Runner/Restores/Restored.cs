using Sluice.Language;
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

    /// <summary>Of what the source does not have, as a public sentence.</summary>
    public string NotThere => $"{Source.Shown} does not have it ({Source.Setting}).";

    /// <summary>Why something could not be had, as a public sentence.</summary>
    public string WhyNot(Fetched fetched) => fetched.Unknown ? NotThere : fetched.Why!;

    /// <summary>A dependency that cannot be had, at the place where the package asks for it.</summary>
    /// <param name="shown">It, as its authors write it.</param>
    /// <param name="why">A public sentence.</param>
    /// <param name="byVersion">Whether its version was asked for as well.</param>
    public static Mistake Missing(
        Dependency asked,
        string shown,
        string why,
        bool byVersion = false
    ) =>
        Unknown(
            asked,
            $"`{shown}` cannot be had: {why} Check {(byVersion ? "name and version" : "the name")}, or ask the operator of this server for another source."
        );

    /// <summary>What is wrong with a dependency, at the place where the package asks for it.</summary>
    public static Mistake Unknown(Dependency asked, string message) =>
        new("package_dependency_unknown", message, asked.File, asked.Line, asked.Column);

    /// <summary>The end of a restore whose source does not have what is asked for.</summary>
    public Restored Lacks(IReadOnlyList<Mistake> unknown) =>
        new()
        {
            Failure =
                $"{Source.Shown} does not have {(unknown.Count == 1 ? "a dependency" : $"{unknown.Count} dependencies")} of this package.",
            Mistakes = unknown,
        };
}

/// <summary>What a restore came to.</summary>
internal sealed record Restored
{
    /// <summary>One public sentence when it failed.</summary>
    public string? Failure { get; init; }

    /// <summary>Each dependency that is at fault, where several are.</summary>
    public IReadOnlyList<Mistake> Mistakes { get; init; } = [];

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
