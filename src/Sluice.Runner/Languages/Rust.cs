using System.Collections.Frozen;
using System.Text;
using Sluice.Runner.Sandbox;

namespace Sluice.Runner.Languages;

/// <summary>
/// Rust 1.63 or newer, built by cargo without a network: the package's crate, and a program around it that serves its
/// nodes. Crates that an author brings along by path are built too.
/// </summary>
internal sealed class Rust : ILanguage
{
    internal const string Cargo = "/usr/bin/cargo";

    public string Name => "rust";

    // What was built needs the C library and nothing else.
    public string? WhyNot => null;

    public string? WhyNotBuild =>
        File.Exists(Cargo)
            ? null
            : $"Rust is not installed here ({Cargo}): Rust packages run but cannot be built.";

    public IReadOnlyList<BuildFile> Wrapper { get; } =
    [
        .. (
            (string[])
                [
                    "Cargo.toml",
                    "main.rs",
                    "channel.rs",
                    "call.rs",
                    "stream.rs",
                    "ask.rs",
                    "egress.rs",
                ]
        ).Select(file => new BuildFile($"gen/worker/{file}", Runtimes.File($"rust/worker/{file}"))),
    ];

    public IReadOnlyList<string> ReadOnly => [];

    public bool ReadsProc => false;

    public IReadOnlyList<string> Worker(SandboxPaths paths, SandboxLimits limits) =>
        [Path.Combine(paths.App, ".worker")];

    public IReadOnlyDictionary<string, string> WorkerEnvironment(SandboxLimits limits) =>
        FrozenDictionary<string, string>.Empty;

    public bool RanOutOfMemory(string line) =>
        line.StartsWith("memory allocation of ", StringComparison.Ordinal)
        && line.EndsWith(" failed", StringComparison.Ordinal);

    // Paths in messages are those of the package; \x1f stands between the flags.
    public string Compile =>
        $"""
            export CARGO_HOME="$HOME/cargo" CARGO_TARGET_DIR="$HOME/target"
            mkdir -p "$CARGO_HOME"
            if [ -d .deps/cargo ]; then
                printf '[source.crates-io]\nreplace-with = "sluice"\n[source.sluice]\ndirectory = "%s"\n' "$PWD/.deps/cargo" > "$CARGO_HOME/config.toml"
                cp Cargo.lock gen/worker/Cargo.lock
            fi
            CARGO_ENCODED_RUSTFLAGS="--remap-path-prefix=$PWD=/app" '{Cargo}' build --quiet --offline --release --manifest-path gen/worker/Cargo.toml &&
            cp "$CARGO_TARGET_DIR/release/worker" .worker
            """;

    public string Test => $"'{Cargo}' test --quiet --offline --lib -- --format=pretty 2>&1";

    public IReadOnlyDictionary<string, string> BuildEnvironment { get; } =
        new Dictionary<string, string>
        {
            // The linker by its own name: what Debian calls `cc` is a link to somewhere that is not shown.
            ["CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER"] = "gcc",
            ["CARGO_INCREMENTAL"] = "0",
            ["CARGO_TERM_COLOR"] = "never",
        }.ToFrozenDictionary();
}
