using System.Text;
using Sluice.Language.Packages;
using Sluice.Language.Packages.Dependencies;
using Sluice.Runner.Languages;
using Sluice.Runner.Restores;
using Sluice.Runner.Sandbox;

namespace Sluice.Runner.Builds;

/// <summary>
/// Turns an author's files into a package that workers can load. Compiling and testing run the author's code, so both
/// happen in the sandbox, without network and with processes allowed:
/// <list type="number">
/// <item>Restore what the package asks for from elsewhere.</item>
/// <item>Lay out the author's files, then the generated ones and the worker over them.</item>
/// <item>In the sandbox: copy to a working folder of bounded size, compile, send the result out as a tar, run the tests.</item>
/// <item>Read that tar as what it is, hostile input; make the archive and its digest; unpack it for the workers here.</item>
/// </list>
/// </summary>
internal sealed class Builder(
    RunnerOptions options,
    TimeProvider clock,
    IsolationTier tier,
    PackageStore packages,
    Restorer restorer
) : IDisposable
{
    private const int CompileFailed = 91;
    private const int PackFailed = 92;
    private const int TestsFailed = 93;
    private const int MaxFiles = 5_000;

    private static readonly SandboxLimits s_limits = new()
    {
        Data = 2L << 30,
        Tmp = 256L << 20,
        File = 256L << 20,
        Descriptors = 1024,
        Threads = 512,
    };

    private readonly SemaphoreSlim _slots = new(options.MaxBuilds);

    public async Task<BuildOutcome> Build(BuildRequest request, CancellationToken stop)
    {
        var language = Runtimes.Find(request.Manifest.Language);
        if (language is null || !PackageGenerator.Supports(language.Name))
            return Failed($"This runner cannot build packages in {request.Manifest.Language}.");
        if (language.WhyNotBuild is { } whyNot)
            return Failed(whyNot);
        var files = new PackageSource(request.Files);
        foreach (var unmet in UnmetDependencies.Of(files, request.Manifest))
            request.Log(unmet.ToString());
        var asked = PackageDependencies.Of(files, request.Manifest);
        if (asked.Mistakes.Any(mistake => !mistake.Warning))
            return Failed("The package asks for its dependencies in a way that is not served.") with
            {
                Mistakes = asked.Mistakes,
            };
        if (await SystemPackages.Missing(request.Manifest, stop) is { } missing)
            return Failed(missing);
        await _slots.WaitAsync(stop);
        var scratch = Path.Combine(packages.Scratch, Path.GetRandomFileName());
        try
        {
            var restored =
                asked.All.Count == 0
                    ? new Restored()
                    : await restorer.Run(request, asked, scratch, stop);
            if (restored.Failure is { } why)
                return Failed(why) with { Mistakes = restored.Mistakes };
            var source = Path.Combine(scratch, "src");
            if (
                LayOut(request, language, restored, restorer.Owned(asked.Kind), source) is { } wrong
            )
                return Failed(wrong);
            return await Run(
                request,
                language,
                restored,
                source,
                Path.Combine(scratch, "result.tar"),
                stop
            );
        }
        finally
        {
            Leftovers.Delete(scratch);
            _slots.Release();
        }
    }

    public void Dispose() => _slots.Dispose();

    private static BuildOutcome Failed(string why) => new() { Ok = false, Failure = why };

    private static string? LayOut(
        BuildRequest request,
        ILanguage language,
        Restored restored,
        IReadOnlyList<string> owned,
        string source
    )
    {
        Dictionary<string, ReadOnlyMemory<byte>> files = [];
        foreach (var (path, content) in request.Files)
            if (restored.Lock is null || !owned.Any(own => IsOf(own, path)))
                files[path] = content;
        foreach (var file in PackageGenerator.Generate(request.Manifest, request.Schema))
            files[file.Path] = Encoding.UTF8.GetBytes(file.Content);
        foreach (var file in language.Wrapper)
            files[file.Path] = file.Content;
        if (files.Count > MaxFiles)
            return $"The package has more than {MaxFiles} files.";
        if (files.Keys.FirstOrDefault(path => !Tar.IsPlain(path)) is { } bad)
            return $"The package has a file with an unacceptable path ({(bad.Length <= 80 ? bad : bad[..80] + "…")}).";
        foreach (var file in restored.Files)
        {
            if (!owned.Any(own => IsOf(own, file.Path)))
                return "The dependencies lie where only the package's own files may.";
            files[file.Path] = file.Content;
        }
        var programs = restored.Files.Where(file => file.Executable).Select(file => file.Path);
        Directory.CreateDirectory(source);
        try
        {
            foreach (var (path, content) in files)
            {
                var full = Path.Combine(source, path);
                Directory.CreateDirectory(Path.GetDirectoryName(full)!);
                File.WriteAllBytes(full, content.Span);
            }
            foreach (var path in programs)
                PackageStore.MarkProgram(Path.Combine(source, path));
        }
        catch (IOException)
        {
            return "The package's files cannot be laid out: two paths collide, or the disk is full.";
        }
        return null;
    }

    /// <summary>A folder ends with <c>/</c> and owns all below it.</summary>
    private static bool IsOf(string owned, string path) =>
        owned.EndsWith('/') ? path.StartsWith(owned, StringComparison.Ordinal) : path == owned;

    private async Task<BuildOutcome> Run(
        BuildRequest request,
        ILanguage language,
        Restored restored,
        string source,
        string resultPath,
        CancellationToken stop
    )
    {
        var task = new SandboxTask
        {
            TenantId = request.TenantId,
            Source = source,
            AppSize = options.MaxBuildSize,
            ReadOnly = language.ReadOnly,
            Command = paths =>
                ["/bin/sh", "-c", Script(language), "build", paths.Source, paths.App],
            Environment = language.BuildEnvironment,
            Limits = s_limits,
            Processes = true,
            ReadsProc = language.ReadsProc,
        };
        var end = await BuildProcess.Run(tier, task, resultPath, options, clock, request.Log, stop);
        if (end.WhyStopped is { } why)
            return Failed(why);
        if (end.ExitCode != 0)
            return Failed(
                end.ExitCode switch
                {
                    CompileFailed => "The package could not be compiled.",
                    PackFailed => "The compiled package is larger than a package may be.",
                    TestsFailed => "The package's tests failed.",
                    var code =>
                        $"The build did not finish: its process {Workers.ChildProcess.Describe(code)}.",
                }
            );

        await using var result = File.OpenRead(resultPath);
        var (files, wrong) = Tar.Read(result, options.MaxBuildSize);
        if (wrong is not null)
            return Failed($"The compiled package cannot be used: {wrong}.");
        files = [.. files.Where(file => !restored.IsLeftOut(file.Path))];
        var (archive, digest) = BuiltArchive.Pack(files);
        packages.Add(digest, files);
        return new BuildOutcome
        {
            Ok = true,
            Lock = restored.Lock,
            Archive = archive,
            Digest = digest,
        };
    }

    /// <summary>The result leaves before the tests run, so that tests cannot alter it.</summary>
    private static string Script(ILanguage language)
    {
        var script = new StringBuilder();
        script.Append("compile() {\n").Append(language.Compile).Append("\n}\n");
        script.Append("run_tests() {\n").Append(language.Test).Append("\n}\n");
        script.Append(
            $"""
            cp -R "$1/." "$2" && cd "$2" || exit {PackFailed}
            echo 'compiling'
            compile 3<&- 4>&- || exit {CompileFailed}
            tar --format=gnu -cf - . >&4 || exit {PackFailed}
            exec 3<&- 4>&-
            echo 'running the tests'
            run_tests || exit {TestsFailed}
            """
        );
        return script.ToString();
    }
}
