using Sluice.Runner.Sandbox;

namespace Sluice.Runner.Languages;

/// <summary>How packages of one language are built and run.</summary>
internal interface ILanguage
{
    /// <summary>The word in the manifest.</summary>
    string Name { get; }

    /// <summary>Null when this machine can run its packages; otherwise one public sentence.</summary>
    string? WhyNot { get; }

    /// <summary>Null when this machine can build its packages too; otherwise one public sentence.</summary>
    string? WhyNotBuild { get; }

    /// <summary>Files that every package of this language gets beside the generated ones: its worker.</summary>
    IReadOnlyList<BuildFile> Wrapper { get; }

    /// <summary>What to show of the host beyond /usr, read-only.</summary>
    IReadOnlyList<string> ReadOnly { get; }

    /// <summary>Its runtime does not start without /proc.</summary>
    bool ReadsProc { get; }

    /// <summary>The command of a worker.</summary>
    IReadOnlyList<string> Worker(SandboxPaths paths, SandboxLimits limits);

    /// <summary>Variables that a worker needs.</summary>
    IReadOnlyDictionary<string, string> WorkerEnvironment(SandboxLimits limits);

    /// <summary>True for a line that its runtime prints when it ends for want of memory, which the worker cannot tell by itself.</summary>
    bool RanOutOfMemory(string line) => false;

    /// <summary>Shell commands, run in the working copy, that compile the package; one per line.</summary>
    string Compile { get; }

    /// <summary>Shell commands that run the package's tests; one per line.</summary>
    string Test { get; }

    /// <summary>Variables that a build needs.</summary>
    IReadOnlyDictionary<string, string> BuildEnvironment { get; }
}

/// <summary>A file of a package being built.</summary>
/// <param name="Path">Relative, with '/'.</param>
/// <param name="Content">Its bytes.</param>
public sealed record BuildFile(string Path, ReadOnlyMemory<byte> Content);
