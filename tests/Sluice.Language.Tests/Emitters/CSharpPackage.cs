using System.Diagnostics;
using System.Text;
using Sluice.Language.Emitters;
using Sluice.Language.Packages;
using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Emitters;

/// <summary>A package's generated C# in a temporary folder, compiled by the SDK's own compiler and run.</summary>
internal sealed class CSharpPackage : IDisposable
{
    public CSharpPackage(Schema schema, params ManifestNode[] nodes)
    {
        var manifest = new Manifest
        {
            Name = "demo/greeter",
            Version = "0.1.0",
            Language = PackageLanguages.CSharp,
            Nodes = nodes,
        };
        foreach (var file in PackageGenerator.Generate(manifest, schema))
            Write(file.Path, file.Content);
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("sluice-csharp-").FullName;

    public void Write(string path, string text)
    {
        var full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    public void WriteWorker()
    {
        foreach (
            var file in (string[])
                [
                    "Answer.cs",
                    "CallContext.cs",
                    "CallStream.cs",
                    "Egress.cs",
                    "Frames.cs",
                    "Worker.cs",
                ]
        )
            Write($"gen/{file}", RuntimeFiles.Read("csharp/" + file));
    }

    /// <summary>Compiles all sources, with the entry point in this class or at the top of a file; what the compiler says fails the test, warnings too.</summary>
    public void Compile(string? main = null)
    {
        var shared = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var dotnet = Path.GetFullPath(Path.Combine(shared, "../../.."));
        var compiler = Directory
            .GetFiles(Path.Combine(dotnet, "sdk"), "csc.dll", SearchOption.AllDirectories)
            .Order()
            .Last();
        var references = Directory.GetFiles(
            Path.Combine(dotnet, "packs/Microsoft.NETCore.App.Ref"),
            "*.dll",
            SearchOption.AllDirectories
        );
        var sources = Directory.GetFiles(Root, "*.cs", SearchOption.AllDirectories);
        string[] options =
        [
            "-nologo",
            "-nullable:enable",
            "-langversion:14",
            "-optimize+",
            main is null ? "-nowarn:CS7022" : $"-main:{main}",
            "-warnaserror+",
            "-out:Service.dll",
        ];
        Write(
            "options.rsp",
            string.Join(
                '\n',
                [
                    .. options,
                    .. references.Where(r => r.Contains("/ref/")).Select(r => $"-r:\"{r}\""),
                    .. sources.Select(s => $"\"{s}\""),
                ]
            )
        );
        Write(
            "Service.runtimeconfig.json",
            """{"runtimeOptions":{"tfm":"net10.0","framework":{"name":"Microsoft.NETCore.App","version":"10.0.0"}}}"""
        );
        Start("dotnet", ["exec", compiler, "-noconfig", "@options.rsp"], []);
    }

    public string Run(string input = "", int exitCode = 0) =>
        Encoding.UTF8.GetString(
            Start("dotnet", ["exec", "Service.dll"], Encoding.UTF8.GetBytes(input), exitCode)
        );

    /// <summary>Runs the worker with these bytes on descriptor 3, and returns what it writes to 4.</summary>
    public byte[] RunWorker(byte[] frames) =>
        Start("bash", ["-c", "exec dotnet exec Service.dll 3<&0 4>&1 0</dev/null 1>&2"], frames);

    private byte[] Start(string program, string[] arguments, byte[] input, int exitCode = 0)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = Root,
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = new MemoryStream();
        var copying = process.StandardOutput.BaseStream.CopyToAsync(output);
        process.StandardInput.BaseStream.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        copying.Wait();
        Assert.True(
            process.ExitCode == exitCode,
            Encoding.UTF8.GetString(output.ToArray()) + errors.Result
        );
        return output.ToArray();
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
