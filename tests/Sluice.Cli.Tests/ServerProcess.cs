using System.Diagnostics;
using System.Security.Cryptography;

namespace Sluice.Cli.Tests;

/// <summary>The real server on an empty data folder and a free port; ended by its own id, and its data removed.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);
    private readonly Process _process;
    private readonly string _data;

    private ServerProcess(Process process, string data, string adminKey, string url)
    {
        _process = process;
        _data = data;
        AdminKey = adminKey;
        Url = url;
    }

    public string AdminKey { get; }
    public string Url { get; }

    public static string Program
    {
        get
        {
            // tests/Sluice.Cli.Tests/bin/Release/net10.0 → src/Sluice.Server/bin/Release/net10.0
            var here = new DirectoryInfo(AppContext.BaseDirectory);
            var root = here.Parent!.Parent!.Parent!.Parent!.Parent!.FullName;
            return Path.Combine(
                root,
                "src",
                "Sluice.Server",
                "bin",
                here.Parent!.Name,
                here.Name,
                "Sluice.Server.dll"
            );
        }
    }

    public static Task<ServerProcess> Start(params string[] args) => Start([], args);

    /// <param name="environment">Variables beside those that it has from here.</param>
    public static async Task<ServerProcess> Start(
        Dictionary<string, string> environment,
        params string[] args
    )
    {
        var data = Directory.CreateTempSubdirectory("sluice-cli-tests-").FullName;
        var adminKey = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var start = new ProcessStartInfo(
            "dotnet",
            [Program, "--data", data, "--urls", "http://127.0.0.1:0", .. args]
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            Environment = { ["SLUICE_ADMIN_API_KEY"] = adminKey },
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var said = new List<string>();
        var listening = new TaskCompletionSource<string>(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Hear(line.Data, said, listening);
        process.ErrorDataReceived += (_, line) => Hear(line.Data, said, listening);
        process.Exited += (_, _) =>
            listening.TrySetException(new InvalidOperationException("The server ended."));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            return new ServerProcess(
                process,
                data,
                adminKey,
                await listening.Task.WaitAsync(s_patience)
            );
        }
        catch (Exception error) when (error is TimeoutException or InvalidOperationException)
        {
            process.Kill();
            lock (said)
                throw new InvalidOperationException(
                    $"{error.Message}\n{string.Join('\n', said)}",
                    error
                );
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Clear(_data);
    }

    /// <summary>What the server had started ends with it, and may be writing until it has.</summary>
    private static void Clear(string folder)
    {
        for (var left = 100; ; left--)
        {
            try
            {
                Open(Path.Combine(folder, "runner", "packages"));
                Directory.Delete(folder, recursive: true);
                return;
            }
            catch (IOException) when (left > 1)
            {
                Thread.Yield();
            }
        }
    }

    /// <summary>Packages are kept read-only, in folders from which nobody but root removes anything.</summary>
    private static void Open(string packages)
    {
        if (!Directory.Exists(packages))
            return;
        foreach (
            var folder in Directory.EnumerateDirectories(packages, "*", SearchOption.AllDirectories)
        )
            File.SetUnixFileMode(
                folder,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );
    }

    private static void Hear(
        string? line,
        List<string> said,
        TaskCompletionSource<string> listening
    )
    {
        if (line is null)
            return;
        lock (said)
            said.Add(line);
        const string words = " listens on ";
        var at = line.IndexOf(words, StringComparison.Ordinal);
        if (line.StartsWith("Sluice ", StringComparison.Ordinal) && at > 0)
            listening.TrySetResult(line[(at + words.Length)..].Split(',')[0]);
    }
}
