using System.Diagnostics;
using System.Text;
using Sluice.Language.Emitters;
using Sluice.Language.Packages;
using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Emitters;

/// <summary>A package's generated Rust in a temporary folder, compiled by rustc without optimising.</summary>
internal sealed class RustPackage : IDisposable
{
    /// <summary>Debian's, which is the oldest that will do, where it is there.</summary>
    private static readonly string s_compiler = File.Exists("/usr/bin/rustc")
        ? "/usr/bin/rustc"
        : "rustc";

    private static readonly string[] s_options =
    [
        "--edition=2021",
        "-Ccodegen-units=4",
        "-Dwarnings",
    ];

    public RustPackage(Schema schema, params ManifestNode[] nodes)
    {
        var manifest = new Manifest
        {
            Name = "demo/greeter",
            Version = "0.1.0",
            Language = PackageLanguages.Rust,
            Nodes = nodes,
        };
        // As much as an author may forbid.
        Write(
            "src/lib.rs",
            "#![deny(missing_docs, unused, unsafe_code)]\n//! All.\n#[path = \"../gen/mod.rs\"]\nmod generated;\npub use generated::*;\n"
        );
        foreach (var file in PackageGenerator.Generate(manifest, schema))
            Write(file.Path, file.Content);
        Directory.CreateDirectory(Path.Combine(Root, "nodes"));
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("sluice-rust-").FullName;

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
                ["main.rs", "channel.rs", "call.rs", "stream.rs", "ask.rs", "egress.rs"]
        )
            Write($"gen/worker/{file}", RuntimeFiles.Read("rust/worker/" + file));
    }

    /// <summary>Compiles the crate, and with it a program or tests; what the compiler says fails the test.</summary>
    public void Compile(string program)
    {
        Start(
            s_compiler,
            [.. s_options, "--crate-type=rlib", "--crate-name=service", "src/lib.rs"],
            []
        );
        CompileMore(program, "program");
    }

    /// <summary>Compiles another program with the crate as it is.</summary>
    public void CompileMore(string program, string name, params string[] options) =>
        Start(
            s_compiler,
            [
                .. s_options,
                .. options,
                $"--crate-name={name}",
                "--extern=service=libservice.rlib",
                program,
            ],
            []
        );

    public string Run(string input = "") =>
        Encoding.UTF8.GetString(Start("./program", [], Encoding.UTF8.GetBytes(input)));

    public string RunTests()
    {
        Start(
            s_compiler,
            [.. s_options, "--test", "--crate-name=service", "src/lib.rs", "-otests"],
            []
        );
        return Encoding.UTF8.GetString(Start("./tests", ["--test-threads=1"], []));
    }

    /// <summary>Runs the worker with these bytes on descriptor 3, and returns what it writes to 4.</summary>
    public byte[] RunWorker(byte[] frames, string name = "program") =>
        Start("bash", ["-c", $"exec ./{name} 3<&0 4>&1 0</dev/null 1>&2"], frames);

    private byte[] Start(string program, string[] arguments, byte[] input)
    {
        if (program.StartsWith("./", StringComparison.Ordinal))
            program = Path.Combine(Root, program[2..]);
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
            process.ExitCode == 0,
            Encoding.UTF8.GetString(output.ToArray()) + errors.Result
        );
        return output.ToArray();
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
