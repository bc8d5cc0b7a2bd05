using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Sluice.Soak;

/// <summary>A soak server as a process of its own: killed, stopped and let go on as a machine would be.</summary>
internal sealed partial class HostProcess : IAsyncDisposable
{
    private const string Marker = "soak listens on ";

    /// <summary>A server that goes round in circles may print without end.</summary>
    private const int MostOutput = 1 << 16;
    private const int SigStop = 19;
    private const int SigContinue = 18;
    private const int SigTerminate = 15;

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _listens = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    private HostProcess(Process process) => _process = process;

    public int Pid => _process.Id;

    /// <summary>Where it listens; faults when it ends before.</summary>
    public Task<Uri> Listens => _listens.Task;

    public Task Ended => _process.WaitForExitAsync();

    public bool HasEnded => _process.HasExited;

    /// <summary>Whether somebody outside ended it, by <see cref="Kill"/> or by a signal it sent itself.</summary>
    public bool WasKilled => _process.HasExited && _process.ExitCode == 128 + 9;

    /// <summary>The first that it has printed.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    public static HostProcess Start(params string[] args)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [typeof(HostProcess).Assembly.Location, "host", .. args]
        )
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        var host = new HostProcess(new Process { StartInfo = start });
        host._process.EnableRaisingEvents = true;
        host._process.Exited += (_, _) =>
            host._listens.TrySetException(
                new InvalidOperationException("it ended before it listened")
            );
        host._process.OutputDataReceived += host.Keep;
        host._process.ErrorDataReceived += host.Keep;
        _ = host._listens.Task.ContinueWith(
            static task => task.Exception,
            TaskContinuationOptions.OnlyOnFaulted
        );
        host._process.Start();
        host._process.BeginOutputReadLine();
        host._process.BeginErrorReadLine();
        return host;
    }

    /// <summary>Kills it without warning; nothing of it runs any more afterwards.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Ends it as an operator does.</summary>
    public async Task Stop()
    {
        _ = Signal(Pid, SigTerminate);
        await _process.WaitForExitAsync();
    }

    /// <summary>The whole process stands still, as in a machine that is suspended.</summary>
    public void Suspend() => _ = Signal(Pid, SigStop);

    public void Resume() => _ = Signal(Pid, SigContinue);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await Kill();
        _process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not { } text)
            return;
        lock (_output)
        {
            if (_output.Length < MostOutput)
                _output.AppendLine(text);
        }
        if (text.StartsWith(Marker, StringComparison.Ordinal))
            _listens.TrySetResult(new Uri(text[Marker.Length..]));
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
