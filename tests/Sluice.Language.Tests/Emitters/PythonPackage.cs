using System.Diagnostics;
using Sluice.Language.Packages;
using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Emitters;

/// <summary>A package's generated Python in a temporary folder, and Debian's Python to run scripts against it.</summary>
internal sealed class PythonPackage : IDisposable
{
    public const string Python = "/usr/bin/python3";

    public PythonPackage(Schema schema)
    {
        var manifest = new Manifest
        {
            Name = "demo/greeter",
            Version = "0.1.0",
            Language = PackageLanguages.Python,
            Nodes =
            [
                .. schema
                    .Messages.Take(1)
                    .Select(m => new ManifestNode
                    {
                        Name = "GreetTwice",
                        Input = m.Name,
                        Output = m.FullName,
                    }),
            ],
        };
        foreach (var file in PackageGenerator.Generate(manifest, schema))
            Write(file.Path, file.Content);
        foreach (var (path, text) in schema.Sources)
            Write(path, text);
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("sluice-python-").FullName;

    public void Write(string path, string text)
    {
        var full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    /// <summary>Runs a script within the package and returns what it printed; a script that fails fails the test.</summary>
    public string Run(string script, byte[]? input = null)
    {
        Write("script.py", script);
        return Start(Python, ["script.py"], input);
    }

    public string Start(string program, string[] arguments, byte[]? input = null)
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
        process.StandardInput.BaseStream.Write(input ?? []);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} said:\n{errors.Result}{output}");
        return output;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
