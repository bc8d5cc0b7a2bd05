using System.Diagnostics;
using System.Text;
using Sluice.Language.Emitters;
using Sluice.Language.Packages;
using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Emitters;

/// <summary>A package's generated TypeScript in a temporary folder, compiled by tsc and run by Node.</summary>
internal sealed class TypeScriptPackage : IDisposable
{
    /// <summary>As strict as an author may ask the compiler to be.</summary>
    private const string Strict = """
        {
          "compilerOptions": {
            "strict": true, "noUnusedLocals": true, "noUnusedParameters": true, "noUncheckedIndexedAccess": true,
            "noImplicitOverride": true, "noImplicitReturns": true, "noFallthroughCasesInSwitch": true
          }
        }
        """;

    public TypeScriptPackage(Schema schema, params ManifestNode[] nodes)
    {
        var manifest = new Manifest
        {
            Name = "demo/greeter",
            Version = "0.1.0",
            Language = PackageLanguages.TypeScript,
            Nodes = nodes,
        };
        Write("tsconfig.json", Strict);
        // What is generated is held to the author's options here, although elsewhere it is not.
        foreach (var file in PackageGenerator.Generate(manifest, schema))
            Write(file.Path, file.Content.Replace("// @ts-nocheck\n", ""));
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("sluice-typescript-").FullName;

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
                ["channel.ts", "context.ts", "egress.ts", "places.ts", "streams.ts", "worker.ts"]
        )
            Write($"gen/{file}", RuntimeFiles.Read("typescript/" + file));
    }

    /// <summary>Compiles all sources in their place; what the compiler says fails the test.</summary>
    public void Compile() => Start("tsc", ["-p", "gen", "--outDir", "."], []);

    public string Run(string script, string input = "", int exitCode = 0) =>
        Encoding.UTF8.GetString(Start("node", [script], Encoding.UTF8.GetBytes(input), exitCode));

    public string RunTests(int exitCode = 0) =>
        Encoding.UTF8.GetString(
            Start("bash", ["-c", "exec node --test nodes/*_test.js"], [], exitCode)
        );

    /// <summary>Runs the worker with these bytes on descriptor 3, and returns what it writes to 4.</summary>
    public byte[] RunWorker(byte[] frames, int exitCode = 0) =>
        Start(
            "bash",
            ["-c", "exec node gen/worker.js 3<&0 4>&1 0</dev/null 1>&2"],
            frames,
            exitCode
        );

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
