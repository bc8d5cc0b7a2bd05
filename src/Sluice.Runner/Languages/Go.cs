using System.Collections.Frozen;
using Sluice.Runner.Sandbox;

namespace Sluice.Runner.Languages;

/// <summary>
/// Go 1.19 or newer. A build has no network, and begins with an empty cache: one that builds share could be poisoned.
/// Debian's toolchain brings the standard library compiled, and takes it as long as no flag asks for another.
/// </summary>
internal sealed class Go : ILanguage
{
    internal static string? Program { get; } =
        new[] { "/usr/local/go/bin/go", "/usr/bin/go" }.FirstOrDefault(File.Exists);

    public string Name => "go";

    // What was built needs nothing of the machine.
    public string? WhyNot => null;

    public string? WhyNotBuild =>
        Program is null
            ? "Go is not installed here (/usr/bin/go): Go packages run but cannot be built."
            : null;

    public IReadOnlyList<BuildFile> Wrapper => [];

    public IReadOnlyList<string> ReadOnly => [];

    public bool ReadsProc => false;

    public IReadOnlyList<string> Worker(SandboxPaths paths, SandboxLimits limits) =>
        [Path.Combine(paths.App, ".worker")];

    public IReadOnlyDictionary<string, string> WorkerEnvironment(SandboxLimits limits) =>
        new Dictionary<string, string>
        {
            // Garbage is collected more often before the kernel's limit ends the program.
            ["GOMEMLIMIT"] = $"{limits.Data / 4 * 3}",
        };

    public bool RanOutOfMemory(string line) =>
        line.StartsWith("fatal error: ", StringComparison.Ordinal)
        && (
            line.EndsWith("out of memory", StringComparison.Ordinal)
            || line.EndsWith("cannot allocate memory", StringComparison.Ordinal)
        );

    // Modules that a restore has laid into vendor/, or an author, are used; others cannot be had.
    public string Compile =>
        $"""
            if [ -d vendor ]; then export GOFLAGS=-mod=vendor; fi
            '{Program}' build -ldflags=-s -o .worker ./gen/worker
            """;

    public string Test =>
        $$$"""
            set -- $('{{{Program}}}' list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./...)
            if [ $# -eq 0 ]; then echo 'no tests were found'; return 0; fi
            '{{{Program}}}' test -v -vet=off "$@"
            """;

    public IReadOnlyDictionary<string, string> BuildEnvironment { get; } =
        new Dictionary<string, string>
        {
            ["CGO_ENABLED"] = "0",
            ["GO111MODULE"] = "on",
            ["GOENV"] = "off",
            ["GOFLAGS"] = "-mod=mod",
            ["GOPROXY"] = "off",
            ["GOTOOLCHAIN"] = "local",
            ["GOWORK"] = "off",
        }.ToFrozenDictionary();
}
