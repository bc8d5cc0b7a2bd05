using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Sluice.Bench;

/// <summary>A process that the bench started: known by what it prints when it is ready, ended by its id.</summary>
internal sealed partial class Child : IAsyncDisposable
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _printed = new();
    private readonly TaskCompletionSource<string> _ready = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    private Child(Process process) => _process = process;

    public string Url { get; private set; } = "";

    public int Pid => _process.Id;

    /// <summary>Another copy of this program.</summary>
    public static Task<Child> Self(
        IEnumerable<string> args,
        IReadOnlyDictionary<string, string>? environment = null
    ) => Dotnet(typeof(Child).Assembly.Location, args, environment);

    public static Task<Child> Dotnet(
        string program,
        IEnumerable<string> args,
        IReadOnlyDictionary<string, string>? environment = null
    ) => Start("dotnet", [program, .. args], null, environment);

    /// <summary>Comes back once the program has printed an address; throws with its output when it ends before that.</summary>
    public static async Task<Child> Start(
        string program,
        IEnumerable<string> args,
        string? folder = null,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        var start = new ProcessStartInfo(program, args)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        var child = new Child(new Process { StartInfo = start, EnableRaisingEvents = true });
        child._process.OutputDataReceived += (_, line) => child.Heard(line.Data);
        child._process.ErrorDataReceived += (_, line) => child.Heard(line.Data);
        child._process.Exited += (_, _) =>
            child._ready.TrySetException(
                new InvalidOperationException($"{program} ended: {child.Printed}")
            );
        child._process.Start();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        try
        {
            child.Url = await child._ready.Task.WaitAsync(StartsWithin);
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
        return child;
    }

    /// <summary>What it has printed so far, up to 64 KiB.</summary>
    public string Printed
    {
        get
        {
            lock (_printed)
                return _printed.ToString();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var terminate = Process.Start("kill", [Pid.ToString()]);
            await terminate.WaitForExitAsync();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
            }
        }
        _process.Dispose();
    }

    private void Heard(string? line)
    {
        if (line is null)
            return;
        lock (_printed)
        {
            if (_printed.Length < 64 << 10)
                _printed.AppendLine(line);
        }
        if (Address().Match(line) is { Success: true } match)
            _ready.TrySetResult(match.Groups["url"].Value);
    }

    [GeneratedRegex(
        @"(listens on|running at) (?<url>http://127\.0\.0\.1:\d+)",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Address();
}
