using System.ComponentModel;
using Sluice.Language.Packages;

namespace Sluice.Cli.Packages;

/// <summary>Runs a package's tests with the language's own tools, which is all that an author needs to have.</summary>
internal static class LocalTests
{
    /// <summary>A way to run the tests of a language.</summary>
    /// <param name="Harness">The file under <c>runtimes/</c> that goes to <paramref name="HarnessPath"/> first; null for none.</param>
    /// <param name="Probe">Ends well when <paramref name="Preferred"/> can be used.</param>
    private sealed record Way(
        string? Harness,
        string? HarnessPath,
        string[] Probe,
        string[] Preferred,
        string[] Otherwise
    )
    {
        /// <summary>What a line ends with that says nothing to anybody; null when every line counts.</summary>
        public string? Noise { get; init; }
    }

    private static readonly Dictionary<string, Way> s_ways = new()
    {
        [PackageLanguages.Python] = new Way(
            "python/run_tests.py",
            "gen/_tests.py",
            Probe: ["python3", "-c", "import pytest"],
            Preferred: ["python3", "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "nodes"],
            Otherwise: ["python3", "-B", "-m", "gen._tests"]
        ),
        [PackageLanguages.CSharp] = new Way(
            "csharp/Tests.csproj",
            ".sluice/Tests.csproj",
            Probe: ["dotnet", "--version"],
            Preferred: ["dotnet", "run", "--project", ".sluice/Tests.csproj", "-v", "q"],
            Otherwise: ["dotnet", "run", "--project", ".sluice/Tests.csproj", "-v", "q"]
        ),
        [PackageLanguages.Java] = new Way(
            "java/RunTests.java",
            ".sluice/RunTests.java",
            Probe: ["javac", "-version"],
            Preferred: ["java", ".sluice/RunTests.java"],
            Otherwise: ["java", ".sluice/RunTests.java"]
        ),
        [PackageLanguages.TypeScript] = new Way(
            "typescript/run_tests.cjs",
            ".sluice/run_tests.cjs",
            Probe: ["node", "--version"],
            Preferred: ["node", ".sluice/run_tests.cjs"],
            Otherwise: ["node", ".sluice/run_tests.cjs"]
        ),
        [PackageLanguages.Go] = new Way(
            null,
            null,
            Probe: ["go", "version"],
            Preferred: ["go", "test", "./..."],
            Otherwise: ["go", "test", "./..."]
        )
        {
            Noise = "[no test files]",
        },
        [PackageLanguages.Rust] = new Way(
            null,
            null,
            Probe: ["cargo", "--version"],
            Preferred: ["cargo", "test", "--quiet", "--offline", "--lib", "--", "--format=pretty"],
            Otherwise: ["cargo", "test", "--quiet", "--offline", "--lib", "--", "--format=pretty"]
        ),
    };

    public static async Task<Exit> Run(
        Session session,
        PackageFolder folder,
        PackageSource source,
        Manifest manifest,
        CancellationToken stop
    )
    {
        var language = manifest.Language;
        var tool = new LocalTool(session, folder)
        {
            Environment = LocalRestore.Environment(folder, source, manifest),
        };
        if (!s_ways.TryGetValue(language, out var way))
            return session.Fail(
                Exit.Broken,
                "no_local_tests",
                $"Tests in {language} cannot be run here yet.",
                "sluice push builds and tests the package on the server."
            );
        if (way is { Harness: { } harness, HarnessPath: { } path })
            PackageWriter.Write(folder.Root, [new GeneratedFile(path, Runtime(harness))]);
        try
        {
            if (!await new LocalRestore(session, folder, tool).Run(source, manifest, stop))
                return Exit.Invalid;
            var command =
                await tool.Run(way.Probe, stop, _ => false) == 0 ? way.Preferred : way.Otherwise;
            bool IsShown(string line) =>
                way.Noise is null || !line.EndsWith(way.Noise, StringComparison.Ordinal);
            var code = await tool.Run(command, stop, IsShown);
            return code == 0
                ? Exit.Done
                : session.Fail(
                    Exit.Invalid,
                    "tests_failed",
                    $"The tests failed ({command[0]} ended with {code})."
                );
        }
        catch (Win32Exception)
        {
            return session.Fail(
                Exit.Broken,
                "no_toolchain",
                $"There is no {way.Probe[0]} here.",
                "sluice doctor lists what each language needs."
            );
        }
    }

    /// <summary>Brings the dependencies alone. False after saying what is wrong.</summary>
    public static async Task<bool> Restore(
        Session session,
        PackageFolder folder,
        PackageSource source,
        Manifest manifest,
        CancellationToken stop
    )
    {
        try
        {
            return await new LocalRestore(session, folder, new LocalTool(session, folder)).Run(
                source,
                manifest,
                stop
            );
        }
        catch (Win32Exception)
        {
            session.Fail(
                Exit.Broken,
                "no_toolchain",
                "The tool that brings the dependencies is not here.",
                "sluice doctor lists what each language needs."
            );
            return false;
        }
    }

    private static string Runtime(string path)
    {
        using var stream = typeof(PackageGenerator).Assembly.GetManifestResourceStream(
            "runtimes/" + path
        )!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
