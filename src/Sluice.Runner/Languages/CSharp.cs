using System.Collections.Frozen;
using System.Text;
using Sluice.Runner.Sandbox;

namespace Sluice.Runner.Languages;

/// <summary>
/// C# on .NET 10. The compiler is called directly: a project file may run programs while it is built, and building one
/// takes three times as long.
/// </summary>
internal sealed class CSharp : ILanguage
{
    private const string RuntimeConfig = """
        {
          "runtimeOptions": {
            "tfm": "net10.0",
            "framework": { "name": "Microsoft.NETCore.App", "version": "10.0.0" },
            "configProperties": {
              "System.GC.Concurrent": false,
              "System.Globalization.Invariant": true,
              "System.Runtime.TieredPGO": false
            }
          }
        }

        """;

    /// <summary>What a project of the SDK imports by itself, so that code moved here from one compiles.</summary>
    private const string Usings = """
        global using global::System;
        global using global::System.Collections.Generic;
        global using global::System.IO;
        global using global::System.Linq;
        global using global::System.Threading;
        global using global::System.Threading.Tasks;

        """;

    private static readonly DotnetToolchain? s_tools = DotnetToolchain.Find();

    private static readonly FrozenDictionary<string, string> s_quiet = new Dictionary<
        string,
        string
    >
    {
        ["DOTNET_EnableDiagnostics"] = "0",
        ["DOTNET_EnableWriteXorExecute"] = "0",
        ["DOTNET_gcServer"] = "0",
        // As the package runs; the compiler, too, then needs no ICU on this machine.
        ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1",
        // An egress grant has sockets of version 4 alone; .NET would take the refusal of others for an error.
        ["DOTNET_SYSTEM_NET_DISABLEIPV6"] = "1",
    }.ToFrozenDictionary();

    public string Name => "csharp";

    /// <summary>What .NET brings itself is not taken from elsewhere.</summary>
    public static bool HasAssembly(string name) =>
        s_tools is not null && File.Exists(Path.Combine(s_tools.References, name + ".dll"));

    public string? WhyNot =>
        s_tools is null ? "The .NET 10 runtime is not installed as a folder of its own." : null;

    public string? WhyNotBuild =>
        WhyNot
        ?? (
            s_tools!.Compiler is null
                ? "The .NET 10 SDK is not installed here: C# packages run but cannot be built."
                : null
        );

    public IReadOnlyList<BuildFile> Wrapper =>
        [
            new("gen/CallStream.cs", Runtimes.File("csharp/CallStream.cs")),
            new("gen/Frames.cs", Runtimes.File("csharp/Frames.cs")),
            new("gen/Answer.cs", Runtimes.File("csharp/Answer.cs")),
            new("gen/CallContext.cs", Runtimes.File("csharp/CallContext.cs")),
            new("gen/Egress.cs", Runtimes.File("csharp/Egress.cs")),
            new("gen/Worker.cs", Runtimes.File("csharp/Worker.cs")),
            new("gen/Usings.cs", Encoding.UTF8.GetBytes(Usings)),
            new("app.runtimeconfig.json", Encoding.UTF8.GetBytes(RuntimeConfig)),
            new("app-tests.runtimeconfig.json", Encoding.UTF8.GetBytes(RuntimeConfig)),
        ];

    public IReadOnlyList<string> ReadOnly => s_tools is null ? [] : [s_tools.Root];

    public bool ReadsProc => true;

    public IReadOnlyList<string> Worker(SandboxPaths paths, SandboxLimits limits) =>
        [s_tools!.Program, "exec", Path.Combine(paths.App, "app.dll")];

    public IReadOnlyDictionary<string, string> WorkerEnvironment(SandboxLimits limits) =>
        new Dictionary<string, string>(s_quiet)
        {
            // A program sees a clean out-of-memory before the kernel's limit ends it.
            ["DOTNET_GCHeapHardLimit"] = $"0x{limits.Data / 4 * 3:x}",
        };

    /// <summary>Files are named in one order, whatever the folder's is: what is built depends on it.</summary>
    public string Compile =>
        $"""
            find . -name '*.cs' ! -name '*_test.cs' ! -path './tests/*' ! -path './gen/Test*.cs' | LC_ALL=C sort > "$HOME/sources.rsp" &&
            if [ -d .deps/run ]; then cp .deps/run/* .; fi &&
            find '{s_tools?.References}' $(ls -d .deps/compile 2>/dev/null) -maxdepth 1 -name '*.dll' | LC_ALL=C sort | sed 's/^/-r:/' > "$HOME/references.rsp" &&
            {Compiler} -main:Axiom.Runtime.Worker -out:app.dll "@$HOME/sources.rsp"
            """;

    public string Test =>
        $"""
            if [ -z "$(find . -name '*_test.cs')" ]; then echo 'no tests were found'; return 0; fi
            find . -name '*.cs' ! -path './tests/*' > "$HOME/sources.rsp" &&
            {Compiler} -main:Axiom.Testing.TestRunner -out:app-tests.dll "@$HOME/sources.rsp" &&
            '{s_tools?.Program}' exec app-tests.dll
            """;

    public IReadOnlyDictionary<string, string> BuildEnvironment => s_quiet;

    private static string Compiler =>
        $"'{s_tools?.Program}' exec '{s_tools?.Compiler}' -nologo -noconfig -nostdlib+ -target:exe -langversion:14"
        + " -nullable:enable -deterministic+ \"-pathmap:$PWD=/app\" -optimize+ -debug:embedded -unsafe- -nowarn:CS8019,CS1591,CS8632 \"@$HOME/references.rsp\"";
}
