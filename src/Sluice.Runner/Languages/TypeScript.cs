using System.Collections.Frozen;
using System.Text;
using Sluice.Runner.Sandbox;

namespace Sluice.Runner.Languages;

/// <summary>TypeScript on Node 18 or newer, compiled by the tsc of this machine; nothing is fetched.</summary>
internal sealed class TypeScript : ILanguage
{
    /// <summary>Since Node 18.15.</summary>
    private const string Reporter = "--test-reporter=spec";

    private static readonly string? s_node = Find("node");
    private static readonly string? s_compiler = Find("tsc");
    private static readonly string? s_npm = Find("npm");

    /// <summary>Node ends at its start when it may not read the system's settings for OpenSSL; it needs none.</summary>
    private static readonly FrozenDictionary<string, string> s_quiet = new Dictionary<
        string,
        string
    >
    {
        ["OPENSSL_CONF"] = "/dev/null",
        ["NO_UPDATE_NOTIFIER"] = "1",
    }.ToFrozenDictionary();

    public string Name => "typescript";

    public string? WhyNot => s_node is null ? "Node is not installed (/usr/bin/node)." : null;

    public string? WhyNotBuild =>
        WhyNot
        ?? (
            s_compiler is null
                ? "The TypeScript compiler is not installed here (/usr/bin/tsc): TypeScript packages run but cannot be built."
                : null
        );

    public IReadOnlyList<BuildFile> Wrapper =>
        [
            Unchecked("channel.ts"),
            Unchecked("context.ts"),
            Unchecked("egress.ts"),
            Unchecked("places.ts"),
            Unchecked("streams.ts"),
            Unchecked("worker.ts"),
        ];

    public IReadOnlyList<string> ReadOnly => [];

    public bool ReadsProc => false;

    public IReadOnlyList<string> Worker(SandboxPaths paths, SandboxLimits limits) =>
        [
            s_node!,
            // The heap is full before the limit of the kernel is met, at which V8 falls over without a word.
            $"--max-old-space-size={limits.Data / 2 >> 20}",
            // V8 compiles and collects with four threads beside the node's: on a few processors they take them from it.
            "--v8-pool-size=1",
            Path.Combine(paths.App, "gen/worker.js"),
        ];

    public IReadOnlyDictionary<string, string> WorkerEnvironment(SandboxLimits limits) => s_quiet;

    // The second is how Node 18 ends when it compiles and no memory is left for what it compiled.
    public bool RanOutOfMemory(string line) =>
        line.Contains("JavaScript heap out of memory", StringComparison.Ordinal)
        || line.Contains("Check failed: reservation_.SetPermissions", StringComparison.Ordinal);

    // What packages want to do when they are installed they do here, without a network; links are no part of a package.
    public string Compile =>
        $"""
            if [ -d node_modules ] && grep -lqs -E '"(preinstall|install|postinstall)"|"gypfile"' node_modules/*/package.json node_modules/@*/*/package.json; then
                '{s_node}' '{s_npm}' rebuild --offline --foreground-scripts --loglevel=error --userconfig=/dev/null --cache=/tmp/npm || return 1
                find node_modules -name .bin -prune -exec rm -rf '{"{}"}' +
            fi
            '{s_node}' '{s_compiler}' -p gen --outDir . --pretty false
            """;

    public string Test =>
        $"""
            if [ -z "$(find . -name '*_test.js' ! -path './node_modules/*')" ]; then echo 'no tests were found'; return 0; fi
            if '{s_node}' {Reporter} --version >/dev/null 2>&1; then set -- '{s_node}' --test {Reporter}
            elif '{s_node}' --test --version >/dev/null 2>&1; then set -- '{s_node}' --test
            else set -- -n 1 '{s_node}' # 18.0: a file of tests runs them, and nothing runs files
            fi
            find . -name '*_test.js' ! -path './node_modules/*' -print0 | sort -z | xargs -0 "$@" --enable-source-maps
            """;

    public IReadOnlyDictionary<string, string> BuildEnvironment => s_quiet;

    /// <summary>The worker is not held to the author's compiler options.</summary>
    private static BuildFile Unchecked(string file) =>
        new(
            "gen/" + file,
            Encoding.UTF8.GetBytes(
                "// @ts-nocheck\n" + Encoding.UTF8.GetString(Runtimes.File("typescript/" + file))
            )
        );

    /// <summary>The file itself and no link to it, because a script beside it may be meant by its place.</summary>
    internal static string? Find(string program) =>
        ((string[])["/usr/bin/", "/usr/local/bin/"])
            .Select(folder => new FileInfo(folder + program))
            .Where(file => file.Exists)
            .Select(file =>
                file.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file.FullName
            )
            .FirstOrDefault();
}
