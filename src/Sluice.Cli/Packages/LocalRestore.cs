using System.Text;
using Sluice.Language.Packages;
using Sluice.Language.Packages.Dependencies;
using Sluice.Language.Packages.Dependencies.Maven;

namespace Sluice.Cli.Packages;

/// <summary>
/// Brings a package's dependencies to its author's machine, with the language's own tool and that tool's own settings: no
/// scripts, and wheels alone, as on a server. Nothing is done when nothing has changed since the last time.
/// </summary>
internal sealed class LocalRestore(Session session, PackageFolder folder, LocalTool tool)
{
    private const string Stamp = ".sluice/restored";
    private const string PythonFolder = ".sluice/deps/python";
    private const string JavaFolder = ".sluice/deps/java";

    /// <summary>What the language's tools need to be told so that they find what was brought.</summary>
    public static IReadOnlyDictionary<string, string> Environment(
        PackageFolder folder,
        PackageSource source,
        Manifest manifest
    ) =>
        PackageDependencies.Of(source, manifest) switch
        {
            { All.Count: 0 } when manifest.Language == PackageLanguages.Go => WithoutC(),
            { All.Count: 0 } => new Dictionary<string, string>(),
            { Kind: DependencyKinds.PyPi } => new Dictionary<string, string>
            {
                ["PYTHONPATH"] = Path.Combine(folder.Root, PythonFolder),
            },
            { Kind: DependencyKinds.Maven } => new Dictionary<string, string>
            {
                ["CLASSPATH"] =
                    $".{Path.PathSeparator}{Path.Combine(folder.Root, JavaFolder, "*")}",
            },
            // Completes go.mod and go.sum, which the author keeps.
            { Kind: DependencyKinds.Go } => new Dictionary<string, string>(WithoutC())
            {
                ["GOFLAGS"] = "-mod=mod",
            },
            _ => new Dictionary<string, string>(),
        };

    /// <summary>As on a server: no code in C, so no C compiler either, which Debian's Go does not bring along.</summary>
    private static Dictionary<string, string> WithoutC() => new() { ["CGO_ENABLED"] = "0" };

    /// <returns>False after saying what is wrong.</returns>
    public async Task<bool> Run(PackageSource source, Manifest manifest, CancellationToken stop)
    {
        var asked = PackageDependencies.Of(source, manifest);
        if (manifest.Language == PackageLanguages.CSharp)
            WriteProject(asked);
        // `sluice validate` names what is malformed.
        if (asked.All.Count == 0 || asked.Kind is null || asked.Mistakes.Any(each => !each.Warning))
            return true;
        var stamp = Path.Combine(folder.Root, Stamp);
        if (
            File.Exists(stamp)
            && await File.ReadAllTextAsync(stamp, stop) == await Question(asked, stop)
        )
            return true;
        session.Remark(
            $"Restoring {asked.All.Count} {(asked.All.Count == 1 ? "dependency" : "dependencies")} ({asked.Kind})."
        );
        if (!await Restore(asked, source, stop))
            return false;
        Directory.CreateDirectory(Path.GetDirectoryName(stamp)!);
        await File.WriteAllTextAsync(stamp, await Question(asked, stop), stop);
        return true;
    }

    /// <summary>What is asked for; npm writes a lock the first time, which then is a part of it.</summary>
    private async Task<string> Question(DependencyList asked, CancellationToken stop)
    {
        var lockFile = Path.Combine(folder.Root, "package-lock.json");
        return DependencyLock.Digest([
            asked.Kind!,
            .. asked.All.Select(each => $"{each.Name} {each.Asked}"),
            File.Exists(lockFile) ? await File.ReadAllTextAsync(lockFile, stop) : "",
        ]);
    }

    private async Task<bool> Restore(
        DependencyList asked,
        PackageSource source,
        CancellationToken stop
    )
    {
        string[]? command = asked.Kind switch
        {
            DependencyKinds.Npm =>
            [
                "npm",
                source.Has("package-lock.json") ? "ci" : "install",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
            ],
            DependencyKinds.PyPi =>
            [
                "python3",
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--only-binary",
                ":all:",
                "--upgrade",
                "--target",
                PythonFolder,
                "-r",
                "requirements.txt",
            ],
            DependencyKinds.Cargo => ["cargo", "fetch", "--quiet"],
            _ => null,
        };
        if (asked.Kind == DependencyKinds.Maven)
            return await Maven(asked, stop);
        if (command is null || await tool.Run(command, stop) == 0)
            return true;
        session.Fail(
            Exit.Invalid,
            "restore_failed",
            $"The dependencies could not be restored ({command[0]} says why).",
            "Check names and versions; which source is asked is a setting of " + command[0] + "."
        );
        return false;
    }

    /// <summary>The project that runs the tests takes these as any project does.</summary>
    private void WriteProject(DependencyList asked)
    {
        var items = string.Concat(
            asked.All.Select(each =>
                $"    <PackageReference Include=\"{each.Name}\" Version=\"{each.Asked}\" />\n"
            )
        );
        PackageWriter.Write(
            folder.Root,
            [
                new GeneratedFile(
                    ".sluice/dependencies.props",
                    $"<Project>\n  <ItemGroup>\n{items}  </ItemGroup>\n</Project>\n"
                ),
            ]
        );
    }

    /// <summary>From the repository that Maven keeps in the home folder, or the one that SLUICE_MAVEN_SOURCE names.</summary>
    private async Task<bool> Maven(DependencyList asked, CancellationToken stop)
    {
        var repository = new MavenRepository(session.Terminal);
        var (all, wrong) = await new MavenResolver(
            async path => new MavenAnswer(
                await repository.Read(path, stop),
                repository.Missing(path)
            ),
            most: 1000
        ).Resolve([
            .. asked
                .All.Select(each => (Parts: each.Name.Split(':'), each.Asked))
                .Select(each => new MavenArtifact(each.Parts[0], each.Parts[1], each.Asked)),
        ]);
        var target = Path.Combine(folder.Root, JavaFolder);
        if (Directory.Exists(target))
            Directory.Delete(target, recursive: true);
        Directory.CreateDirectory(target);
        List<string> faults = [.. wrong];
        foreach (var artifact in wrong.Count > 0 ? [] : all)
        {
            var path = artifact.Path("jar");
            if (await repository.Read(path, stop) is { } jar)
                await File.WriteAllBytesAsync(
                    Path.Combine(target, $"{artifact.Group}.{Path.GetFileName(path)}"),
                    jar,
                    stop
                );
            else
                faults.Add($"{artifact}: {repository.Missing(path)}");
        }
        if (faults.Count == 0)
            return true;
        session.Fail(
            Exit.Invalid,
            "restore_failed",
            new StringBuilder("The dependencies could not be restored. ")
                .AppendJoin(' ', faults)
                .ToString(),
            "mvn dependency:get -Dartifact=GROUP:NAME:VERSION brings one; or set SLUICE_MAVEN_SOURCE to a repository's address or folder."
        );
        return false;
    }
}
