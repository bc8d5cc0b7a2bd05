using System.Diagnostics;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Machine;

/// <summary>Other programs of this machine, found where the terminal's PATH leads.</summary>
internal static class Programs
{
    /// <summary>The file that a name on the command line stands for; null when there is none.</summary>
    public static string? Find(Terminal terminal, string program) =>
        Path(terminal)
            .Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => System.IO.Path.Combine(folder, program))
            .FirstOrDefault(IsProgram);

    /// <summary>Runs a program that <see cref="Find"/> found, and reads what it says on standard output.</summary>
    /// <param name="patience">It is ended when it takes longer.</param>
    /// <returns>Its exit code and output; null when it could not be run to its end.</returns>
    public static async Task<(int Exit, string Output)?> Ask(
        Terminal terminal,
        string file,
        IReadOnlyList<string> arguments,
        TimeSpan patience,
        CancellationToken stop
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(patience);
        try
        {
            var lines = new List<string>();
            var exit = await Run(terminal, file, arguments, Keep, _ => { }, limit.Token);
            lock (lines)
                return (exit, string.Join('\n', lines));

            void Keep(string line)
            {
                lock (lines)
                    lines.Add(line);
            }
        }
        catch (Exception error)
            when (error is System.ComponentModel.Win32Exception
                || (error is OperationCanceledException && !stop.IsCancellationRequested)
            )
        {
            return null;
        }
    }

    /// <summary>Runs a program without input; each of its lines is handed on as it comes.</summary>
    /// <returns>Its exit code.</returns>
    public static async Task<int> Run(
        Terminal terminal,
        string file,
        IReadOnlyList<string> arguments,
        Action<string> output,
        Action<string> errors,
        CancellationToken stop
    )
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["PATH"] = Path(terminal);
        Adjust(start.Environment);
        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Hand(line.Data, output);
        process.ErrorDataReceived += (_, line) => Hand(line.Data, errors);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(stop);
            return process.ExitCode;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }

        static void Hand(string? line, Action<string> to)
        {
            if (line is not null)
                to(line);
        }
    }

    /// <summary>What programs that are started here find in their environment, unless the person has said otherwise.</summary>
    public static void Adjust(IDictionary<string, string?> environment) =>
        // As packages run on a server. The SDK also starts then where no ICU is installed, which its archive does not bring.
        environment.TryAdd("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1");

    private static string Path(Terminal terminal) =>
        terminal.Variable("PATH") ?? "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin";

    private static bool IsProgram(string file) =>
        File.Exists(file)
        && (
            OperatingSystem.IsWindows()
            || (
                File.GetUnixFileMode(file)
                & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)
            ) != UnixFileMode.None
        );
}
