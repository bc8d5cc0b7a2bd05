using System.Collections.Frozen;
using Sluice.Runner.Sandbox;

namespace Sluice.Runner.Languages;

/// <summary>Python 3.11 or newer, the system's own interpreter, isolated from its site packages and environment.</summary>
internal sealed class Python : ILanguage
{
    private const string Interpreter = "/usr/bin/python3";

    public string Name => "python";

    public string? WhyNot =>
        File.Exists(Interpreter) ? null : $"Python is not installed ({Interpreter}).";

    public string? WhyNotBuild => WhyNot;

    public IReadOnlyList<BuildFile> Wrapper =>
        [
            new("gen/_frames.py", Runtimes.File("python/frames.py")),
            new("gen/_worker.py", Runtimes.File("python/worker.py")),
            new("gen/_streams.py", Runtimes.File("python/streams.py")),
            new("gen/_context.py", Runtimes.File("python/context.py")),
            new("gen/_egress.py", Runtimes.File("python/egress.py")),
            new("gen/_tests.py", Runtimes.File("python/run_tests.py")),
        ];

    public IReadOnlyList<string> ReadOnly => [];

    public bool ReadsProc => false;

    public IReadOnlyList<string> Worker(SandboxPaths paths, SandboxLimits limits) =>
        [
            Interpreter,
            "-I",
            "-S",
            "-B",
            "-c",
            // Imported, not run as a script, so that the compiled form made at build time is used.
            "import sys; sys.path[:0] = sys.argv[1:]; from gen import _worker; _worker.main()",
            paths.App,
            Path.Combine(paths.App, ".deps/python"),
        ];

    public IReadOnlyDictionary<string, string> WorkerEnvironment(SandboxLimits limits) =>
        FrozenDictionary<string, string>.Empty;

    // Dependencies may hold files that are for another version of Python.
    public string Compile =>
        $"""
            if [ -d .deps/python ]; then {Interpreter} -I -S -m compileall -q -q -f --invalidation-mode unchecked-hash .deps/python || true; fi
            {Interpreter} -I -S -m compileall -q -f --invalidation-mode unchecked-hash -x '^[.]/[.]deps/' .
            """;

    public string Test =>
        $"""
            if [ -d .deps/python ]; then export PYTHONPATH="$PWD/.deps/python"; fi
            if {Interpreter} -c 'import pytest' 2>/dev/null; then
                {Interpreter} -B -m pytest -q -p no:cacheprovider nodes
            else
                {Interpreter} -B -m gen._tests
            fi
            """;

    public IReadOnlyDictionary<string, string> BuildEnvironment { get; } =
        new Dictionary<string, string> { ["PYTHONHASHSEED"] = "0" }.ToFrozenDictionary();
}
