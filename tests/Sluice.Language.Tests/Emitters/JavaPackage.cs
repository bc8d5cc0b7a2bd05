using System.Diagnostics;
using System.Text;
using Sluice.Language.Packages;
using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Emitters;

/// <summary>A package's generated Java in a temporary folder, compiled by javac alone.</summary>
internal sealed class JavaPackage : IDisposable
{
    /// <summary>Debian's protobuf, to compare with.</summary>
    public const string Official = "/usr/share/java/protobuf.jar";

    private static readonly string[] s_quick =
    [
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xshare:auto",
        "-XX:-UsePerfData",
    ];

    public JavaPackage(Schema schema, params ManifestNode[] nodes)
    {
        var manifest = new Manifest
        {
            Name = "demo/greeter",
            Version = "0.1.0",
            Language = PackageLanguages.Java,
            Nodes = nodes,
        };
        foreach (var file in PackageGenerator.Generate(manifest, schema))
            Write(file.Path, file.Content);
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("sluice-java-").FullName;

    public void Write(string path, string text)
    {
        var full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    /// <summary>Compiles all sources; what the compiler says fails the test, warnings too.</summary>
    public void Compile()
    {
        var sources = Directory.GetFiles(Root, "*.java", SearchOption.AllDirectories);
        File.WriteAllLines(Path.Combine(Root, "sources.txt"), sources);
        string[] options =
        [
            .. s_quick.Select(option => "-J" + option),
            "-Xlint:all,-serial,-fallthrough,-overloads,-cast,-rawtypes,-unchecked,-deprecation",
            "-Werror",
            "-cp",
            Official,
            "-d",
            "classes",
            "@sources.txt",
        ];
        Assert.Equal("", Encoding.UTF8.GetString(Start("javac", options, [])));
    }

    public string Run(string main, string input = "", int exitCode = 0) =>
        Encoding.UTF8.GetString(
            Start(
                "java",
                [.. s_quick, "-cp", $"classes:{Official}", main],
                Encoding.UTF8.GetBytes(input),
                exitCode
            )
        );

    /// <summary>Runs the worker with these bytes as what it is asked, and returns what it answers.</summary>
    public byte[] RunWorker(byte[] frames) =>
        Start("java", [.. s_quick, "-Xmx256m", "-cp", "classes", "gen.worker.Worker"], frames);

    public byte[] Start(string program, string[] arguments, byte[] input, int exitCode = 0)
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
        try
        {
            process.StandardInput.BaseStream.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // A program that ended early says why, below.
        }

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
