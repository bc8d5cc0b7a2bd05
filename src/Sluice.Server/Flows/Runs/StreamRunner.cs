using Sluice.Language.Flows;
using Sluice.Server.Runners;

namespace Sluice.Server.Flows.Runs;

/// <summary>
/// Carries runs of flows over streams. All placements of such a run work at once, each at the pace of the one behind it;
/// the run is on record when it begins, and with what each placement came to when it ends. Frames are not kept, so a run
/// that was cut off is not carried on: it has failed.
/// </summary>
internal sealed class StreamRunner(
    StreamDesk desk,
    StepRunner steps,
    SeatTaker seats,
    RunRecorder recorder,
    RunFeed feed,
    TimeProvider clock
)
{
    private static readonly FlowFault Lost = new()
    {
        Code = "stream_lost",
        Kind = "INTERNAL",
        Message =
            "The server that carried this stream ended before it did; frames are not kept, so that it cannot go on.",
    };

    public async Task<RunEnd> Carry(ActiveRun run, IReadOnlyList<JournalLine> journal)
    {
        if (journal.Count > 0 || desk.Take(run.Run.Id) is not { } outlet)
            return await End(run, [], run.CancelAsked ? RunError.Cancelled : Lost, journal.Count);
        using var line = new StreamLine(run, outlet, steps, feed, clock);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(run.Closing);
        var watch = Watch(run, line, over.Token);
        await using var deadline = ArmDeadline(run);
        try
        {
            await Run(run, line);
        }
        finally
        {
            await over.CancelAsync();
            await watch;
        }
        run.Closing.ThrowIfCancellationRequested();
        return await End(run, line.Ends, Verdict(run, line), 0, outlet.Count);
    }

    private async Task Run(ActiveRun run, StreamLine line)
    {
        IDisposable? taken;
        try
        {
            taken = await seats(run.Run.TenantId, line.Seats, line.Stop);
        }
        catch (OperationCanceledException) when (line.Stop.IsCancellationRequested)
        {
            return;
        }
        if (taken is null)
        {
            line.Fail(
                new FlowFault
                {
                    Code = "node_unavailable",
                    Kind = "NODE_UNAVAILABLE",
                    Message =
                        $"The flow needs {line.Seats} workers at once for its pipeline nodes, more than a tenant can have here.",
                }
            );
            return;
        }
        using (taken)
        {
            // This process may have stood still since the record was asked, and the run be another's.
            if (!run.MayCall)
                throw new OperationCanceledException(run.Closing);
            await line.Run();
        }
    }

    /// <summary>Stops the line when that is asked for.</summary>
    private static async Task Watch(ActiveRun run, StreamLine line, CancellationToken over)
    {
        try
        {
            while (true)
            {
                if (run.CancelAsked || run.DeadlinePassed || run.Closing.IsCancellationRequested)
                    line.StopAll();
                await run.Mail.ReadAsync(over);
            }
        }
        catch (OperationCanceledException)
        {
            if (run.Closing.IsCancellationRequested)
                line.StopAll();
        }
    }

    /// <summary>Why the run failed; null when all that there was has been handed over.</summary>
    private static FlowFault? Verdict(ActiveRun run, StreamLine line) =>
        line.Fault is { } fault ? fault
        : line.Finished ? null
        : run.CancelAsked ? RunError.Cancelled
        : RunError.Deadline;

    private async Task<RunEnd> End(
        ActiveRun run,
        IReadOnlyList<StepEnd> ends,
        FlowFault? fault,
        long seq,
        long frames = 0
    )
    {
        var now = Math.Max(run.Run.CreatedAt, clock.GetUtcNow().ToUnixTimeMilliseconds());
        var lines = ends.Select(end => end.Line with { Seq = ++seq }).ToList();
        if (ends.Count > 0)
            lines.Add(
                JournalLine.Note(++seq, JournalLine.Streamed, now) with
                {
                    FramesOut = frames,
                }
            );
        var happened = fault?.Kind switch
        {
            null => RunEvent.OutputReached,
            "CANCELLED" => RunEvent.CancelAsked,
            "DEADLINE" => RunEvent.DeadlinePassed,
            _ => RunEvent.StepFailed,
        };
        var status =
            RunStatus.Next(RunStatus.Running, happened)
            ?? throw new InvalidOperationException($"{happened} cannot happen to a stream");
        var stack = ends.FirstOrDefault(end => end.Fault == fault)?.Line.Error;
        var error = fault is null ? null : RunError.Of(fault, RunError.Read(stack)?.Stack).ToJson();
        return await recorder.End(run, lines, new RunEnd(status, null, error, now));
    }

    private ITimer? ArmDeadline(ActiveRun run)
    {
        if (run.Run.DeadlineAt is not { } deadline)
            return null;
        var left = deadline - clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (left <= 0)
            run.PassDeadline();
        // With a clock that was set back it takes no longer than it was given.
        left = Math.Clamp(left, 0, deadline - run.Run.CreatedAt);
        return clock.CreateTimer(
            static state => ((ActiveRun)state!).PassDeadline(),
            run,
            TimeSpan.FromMilliseconds(left),
            Timeout.InfiniteTimeSpan
        );
    }
}
