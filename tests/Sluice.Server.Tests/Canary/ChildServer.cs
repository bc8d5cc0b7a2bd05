using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Sluice.Server.Tests.Canary;

/// <summary>
/// The server as a process of its own: killed without warning, limited, searched. What it writes to its two outputs
/// is kept.
/// </summary>
internal sealed class ChildServer : IAsyncDisposable
{
    private const string Marker = " listens on ";

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _listening = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    private ChildServer(Process process) => _process = process;

    public int Pid => _process.Id;

    public HttpClient Http { get; } = new() { Timeout = TimeSpan.FromMinutes(2) };

    /// <summary>Everything on standard output and standard error so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <param name="data">The data folder.</param>
    /// <param name="store">What <c>--store</c> takes.</param>
    /// <param name="wrapper">A shell line that ends by running <c>"$@"</c>, to set limits; none when null.</param>
    /// <param name="args">Further arguments.</param>
    public static async Task<ChildServer> Start(
        string data,
        string store = "sqlite",
        string? wrapper = null,
        params string[] args
    )
    {
        string[] command =
        [
            "dotnet",
            typeof(House).Assembly.Location,
            "--data",
            data,
            "--store",
            store,
            "--urls",
            "http://127.0.0.1:0",
            .. TestHouse.Unlimited,
            .. args,
        ];
        if (wrapper is not null)
            command = ["/bin/sh", "-c", wrapper, "sh", .. command];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SLUICE_ADMIN_API_KEY"] = TestHouse.AdminKey;
        var server = new ChildServer(new Process { StartInfo = start });
        server._process.OutputDataReceived += server.Keep;
        server._process.ErrorDataReceived += server.Keep;
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        try
        {
            server.Http.BaseAddress = await server._listening.Task.WaitAsync(
                TimeSpan.FromSeconds(60)
            );
        }
        catch (TimeoutException)
        {
            throw new InvalidOperationException($"The server did not start: {server.Output}");
        }
        return server;
    }

    /// <summary>Kills it as a lost machine would: nothing of it runs any more afterwards.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>The most memory that it ever had resident, in bytes.</summary>
    public long PeakMemory()
    {
        var line = File.ReadLines($"/proc/{Pid}/status")
            .First(each => each.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line[6..^3].Trim(), CultureInfo.InvariantCulture) << 10;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
            await Kill();
        _process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not { } text)
            return;
        lock (_output)
            _output.AppendLine(text);
        if (text.IndexOf(Marker, StringComparison.Ordinal) is var at and >= 0)
            _listening.TrySetResult(new Uri(text[(at + Marker.Length)..]));
    }
}
