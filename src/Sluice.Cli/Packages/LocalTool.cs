using System.Diagnostics;
using Sluice.Cli.Machine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Packages;

/// <summary>Runs a language's own tools in a package's folder; what they print is shown as it comes.</summary>
internal sealed class LocalTool(Session session, PackageFolder folder)
{
    /// <summary>Variables beyond those of this process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } =
        new Dictionary<string, string>();

    /// <returns>Its exit code.</returns>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no such program here.</exception>
    public async Task<int> Run(
        string[] command,
        CancellationToken stop,
        Func<string, bool>? isShown = null
    )
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(command[0], command[1..])
            {
                UseShellExecute = false,
                WorkingDirectory = folder.Root,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        Programs.Adjust(process.StartInfo.Environment);
        foreach (var (name, value) in Environment)
            process.StartInfo.Environment[name] = value;
        // What a tool prints is its own to word, and harmless only after it has been filtered.
        var sink = new Lock();
        void Pass(object _, DataReceivedEventArgs line)
        {
            if (line.Data is null || isShown?.Invoke(line.Data) == false)
                return;
            lock (sink)
                (session.Json ? session.Terminal.Error : session.Terminal.Out).WriteLine(
                    Plain.Text(line.Data)
                );
        }
        process.OutputDataReceived += Pass;
        process.ErrorDataReceived += Pass;
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(stop);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        return process.ExitCode;
    }
}
