using System.Diagnostics;
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

    public void WriteWorker() => Write("Gen/Worker.cs", RuntimeFiles.Read("csharp/Worker.cs"));

    /// <summary>Compiles all sources; what the compiler says fails the test, warnings too.</summary>
    public string Compile()
    {
        var shared = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var dotnet = Path.GetFullPath(Path.Combine(shared, "../../.."));
        var compiler = Directory.GetFiles(Path.Combine(dotnet, "sdk"), "csc.dll", SearchOption.AllDirectories).Order().Last();
        var references = Directory.GetFiles(Path.Combine(dotnet, "packs/Microsoft.NETCore.App.Ref"), "*.dll", SearchOption.AllDirectories);
        var sources = Directory.GetFiles(Root, "*.cs", SearchOption.AllDirectories);
        string[] options = ["-nologo", "-nullable:enable", "-langversion:14", "-optimize+", "-warnaserror+", "-out:Service.dll"];
        Write("options.rsp", string.Join('\n', [.. options, .. references.Where(r => r.Contains("/ref/")).Select(r => $"-r:\"{r}\""), .. sources.Select(s => $"\"{s}\"")]));
        Write("Service.runtimeconfig.json", """{"runtimeOptions":{"tfm":"net10.0","framework":{"name":"Microsoft.NETCore.App","version":"10.0.0"}}}""");
        Start(["exec", compiler, "-noconfig", "@options.rsp"]);
        return Path.Combine(Root, "Service.dll");
    }

    public string Run(string input = "") => Start(["exec", "Service.dll"], input);

    private string Start(string[] arguments, string input = "")
    {
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", arguments)
            {
                WorkingDirectory = Root,
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{output.Result}{errors.Result}");
        return output.Result;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
