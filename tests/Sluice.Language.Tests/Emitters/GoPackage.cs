using System.Diagnostics;
using System.Text;
using Sluice.Language.Packages;
using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Emitters;

/// <summary>A package's generated Go in a temporary folder, built by the toolchain alone. Its builds share the user's cache.</summary>
internal sealed class GoPackage : IDisposable
{
    public const string Module = "demo/greeter";

    /// <param name="legacy">True to lie in a GOPATH beside Debian's packages, which come without a module proxy.</param>
    public GoPackage(Schema schema, ManifestNode[] nodes, bool legacy = false)
    {
        IsLegacy = legacy;
        Root = legacy ? Path.Combine(Home, "src", Module) : Home;
        var manifest = new Manifest
        {
            Name = Module,
            Version = "0.1.0",
            Language = PackageLanguages.Go,
            Nodes = nodes,
        };
        foreach (var file in PackageGenerator.Generate(manifest, schema))
            Write(file.Path, file.Content);
        if (!legacy)
            Write("go.mod", $"module {Module}\n\ngo 1.19\n");
    }

    private string Home { get; } = Directory.CreateTempSubdirectory("sluice-go-").FullName;

    private bool IsLegacy { get; }

    public string Root { get; }

    public void Write(string path, string text)
    {
        var full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    /// <summary>Runs a program in the package's folder; an exit code that is not expected fails the test with all output.</summary>
    public string Start(string program, string[] arguments, string input = "", int exitCode = 0) =>
        Encoding.UTF8.GetString(Run(program, arguments, Encoding.UTF8.GetBytes(input), exitCode));

    /// <summary>Runs the worker with these bytes on descriptor 3, and returns what it writes to 4.</summary>
    public byte[] RunWorker(byte[] frames) =>
        Run("bash", ["-c", "exec ./worker 3<&0 4>&1 0</dev/null 1>&2"], frames, 0);

    public void BuildWorker() => Start("go", ["build", "-o", "worker", "./gen/worker"]);

    private byte[] Run(string program, string[] arguments, byte[] input, int exitCode)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Root,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GOENV"] = "off";
        start.Environment["GOPROXY"] = "off";
        start.Environment["CGO_ENABLED"] = "0";
        start.Environment["GO111MODULE"] = IsLegacy ? "off" : "on";
        start.Environment["GOFLAGS"] = IsLegacy ? "" : "-mod=mod";
        if (IsLegacy)
            start.Environment["GOPATH"] = $"{Home}:/usr/share/gocode";
        using var process = Process.Start(start)!;
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

    public void Dispose() => Directory.Delete(Home, recursive: true);
}
