using System.Text;
using Microsoft.Win32.SafeHandles;
using Sluice.Runner.Sandbox;
using Sluice.Runner.Workers;

namespace Sluice.Runner.Builds;

/// <summary>How a build's process ended.</summary>
/// <param name="ExitCode">As <see cref="ChildProcess.WaitAndReap"/> tells it.</param>
/// <param name="WhyStopped">One public sentence when it was ended from outside.</param>
internal sealed record BuildEnd(int ExitCode, string? WhyStopped);

/// <summary>Runs a build in the sandbox: its result into a file, its output line by line to a listener, both bounded.</summary>
internal static class BuildProcess
{
    private const int MaxLogBytes = 4 << 20;
    private const int MaxLine = 4096;
    private static readonly TimeSpan s_afterExit = TimeSpan.FromSeconds(30);

    public static async Task<BuildEnd> Run(
        IsolationTier tier,
        SandboxTask task,
        string resultPath,
        RunnerOptions options,
        TimeProvider clock,
        Action<string> log,
        CancellationToken stop,
        string subject = "The build"
    )
    {
        var (childReads, input) = Native.Pipe();
        var (result, childWrites) = Native.Pipe();
        var (output, childPrints) = Native.Pipe();
        // Nothing is ever said to a build.
        _ = Native.close(input);
        using var resultHandle = new SafeFileHandle(result, ownsHandle: true);
        using var outputHandle = new SafeFileHandle(output, ownsHandle: true);
        ChildProcess process;
        try
        {
            process = await tier.Spawn(task, childReads, childWrites, childPrints);
        }
        finally
        {
            foreach (var fd in (ReadOnlySpan<int>)[childReads, childWrites, childPrints])
                _ = Native.close(fd);
        }

        string? why = null;
        using var deadline = new CancellationTokenSource(options.BuildDeadline, clock);
        void End(string because)
        {
            if (Interlocked.CompareExchange(ref why, because, null) is null)
                process.Kill();
        }
        var reading = Background(() => ReadLines(outputHandle, log));
        var saving = Background(() =>
        {
            if (!Save(resultHandle, resultPath, options.MaxBuildSize * 2))
                End($"{subject} made more than a package may hold.");
        });
        int code;
        await using (
            deadline.Token.Register(() =>
                End(
                    $"{subject} was still running after {options.BuildDeadline.TotalMinutes:0.#} minutes and was ended."
                )
            )
        )
        await using (stop.Register(() => End($"{subject} was cancelled.")))
            code = await Background(process.WaitAndReap);
        if (process.RanOutOfMemory && code != 0)
            why ??= $"{subject} ran out of memory.";
        await process.Cleared;
        // Everything inside has died with the sandbox, so both pipes end here; a stray holder is not waited for.
        await Task.WhenAny(
            Task.WhenAll(reading, saving),
            Task.Delay(s_afterExit, clock, CancellationToken.None)
        );
        return new BuildEnd(code, why);
    }

    private static Task Background(Action action) =>
        Task.Factory.StartNew(
            action,
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );

    private static Task<int> Background(Func<int> action) =>
        Task.Factory.StartNew(
            action,
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );

    private static bool Save(SafeFileHandle from, string path, long most)
    {
        using var source = new FileStream(from, FileAccess.Read, 0);
        using var to = File.Create(path);
        var buffer = new byte[1 << 16];
        long total = 0;
        int count;
        while ((count = source.Read(buffer)) > 0)
        {
            if ((total += count) > most)
                return false;
            to.Write(buffer, 0, count);
        }
        return true;
    }

    private static void ReadLines(SafeFileHandle from, Action<string> log)
    {
        using var source = new FileStream(from, FileAccess.Read, 0);
        var buffer = new byte[1 << 16];
        var line = new byte[MaxLine];
        var (filled, total, count) = (0, 0L, 0);
        while ((count = source.Read(buffer)) > 0)
        {
            // Past the bound it is read and forgotten, so that the build does not stall on a full pipe.
            var before = total;
            total += count;
            if (total > MaxLogBytes)
            {
                if (before <= MaxLogBytes)
                    log($"(more than {MaxLogBytes >> 20} MiB of output; the rest is dropped)");
                continue;
            }
            foreach (var value in buffer.AsSpan(0, count))
            {
                if (value != '\n')
                    line[filled++] = value;
                if (value == '\n' || filled == MaxLine)
                {
                    log(Encoding.UTF8.GetString(line, 0, filled));
                    filled = 0;
                }
            }
        }
        if (filled > 0)
            log(Encoding.UTF8.GetString(line, 0, filled));
    }
}
