using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Sluice.Language.Flows;
using Sluice.Server.Flows.Graphs;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Runs;

/// <summary>
/// Carries runs. For each: start every placement whose sources are done; when one is done, keep its result, then
/// start those that waited for it; when none is left, keep the output and the end in one write.
/// </summary>
[SuppressMessage(
    "Design",
    "CA1001",
    Justification = "The source has nothing to release, and outlives every run."
)]
internal sealed partial class RunLoop(
    Database database,
    StepRunner steps,
    ServerPresence presence,
    TimeProvider clock,
    ILogger<RunLoop> log
)
{
    private static readonly TimeSpan StoreRetry = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, ActiveRun> _active = new();

    // Never disposed: it has no timer, and runs may look at it until the process ends.
    private readonly CancellationTokenSource _closing = new();

    /// <summary>Runs being carried now.</summary>
    public int Count => _active.Count;

    public ActiveRun? Find(string tenantId, string runId) =>
        _active.TryGetValue(runId, out var run) && run.Run.TenantId == tenantId ? run : null;

    /// <summary>Begins to carry a run that is durable already; steps that are done are given along.</summary>
    public ActiveRun Carry(Run run, LoadedGraph graph, IReadOnlyList<Step> done)
    {
        var active = new ActiveRun(run, graph);
        foreach (var step in done)
        {
            if (step.Status == "succeeded")
                active.Record(step.Alias, step.Output ?? []);
        }
        if (run.CancelAskedAt is not null)
            active.AskCancel();
        _active[run.Id] = active;
        _ = Guard(active);
        return active;
    }

    /// <summary>Stops carrying: nodes are ended, nothing is recorded of it, and the next start takes the runs up again.</summary>
    public async Task Close()
    {
        await _closing.CancelAsync();
        foreach (var run in _active.Values)
            run.StopNodes();
        while (_active.Values.FirstOrDefault() is { } last)
            await Task.WhenAny(
                last.Ended,
                Task.Delay(TimeSpan.FromMilliseconds(20), clock, CancellationToken.None)
            );
    }

    private async Task Guard(ActiveRun run)
    {
        using var scope = log.BeginScope(new LogScope("RunId", run.Run.Id));
        using var span = Signals.Spans.StartActivity("run");
        span?.SetTag("sluice.run_id", run.Run.Id);
        span?.SetTag("sluice.flow", run.Run.Flow);
        span?.SetTag("sluice.graph_id", run.Run.GraphId);
        Signals.RunStarted();
        try
        {
            await Execute(run);
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            run.Disappoint(
                new StoreUnavailableException(
                    new OperationCanceledException("the server is stopping")
                )
            );
        }
        catch (RunLostException error)
        {
            LogLost(log, run.Run.Id);
            run.Disappoint(new StoreUnavailableException(error));
        }
        catch (Exception error)
        {
            // A bug: the run stays on record as unfinished, and the next start tries it again.
            LogBroken(log, error, run.Run.Id, run.Run.TenantId);
            run.Disappoint(error);
        }
        finally
        {
            _active.TryRemove(run.Run.Id, out _);
            run.Dispose();
        }
    }

    private async Task Execute(ActiveRun run)
    {
        using var deadline = ArmDeadline(run);
        var plan = run.Graph.Plan;
        var inFlight = new List<Task<StepEnd>>();
        var started = new HashSet<string>();
        StartReady(run, plan.Nodes.Select(node => node.Node.Alias), started, inFlight);
        while (inFlight.Count > 0)
        {
            var first = inFlight.Count == 1 ? inFlight[0] : await Task.WhenAny(inFlight);
            inFlight.Remove(first);
            var end = await first;
            _closing.Token.ThrowIfCancellationRequested();
            if (end.Error is not null || end.Interrupted)
            {
                await Fail(run, end, inFlight);
                return;
            }
            run.Record(end.Step.Alias, end.Output);
            var next = plan.Node(end.Step.Alias).Next;
            if (inFlight.Count == 0 && plan.Nodes.All(node => run.IsDone(node.Node.Alias)))
            {
                await Succeed(run, end.Step);
                return;
            }
            await KeepStep(run, end.Step);
            StartReady(run, next, started, inFlight);
        }
        // Every step was on record when the run was taken up: only the end is missing.
        await Succeed(run, last: null);
    }

    private void StartReady(
        ActiveRun run,
        IEnumerable<string> candidates,
        HashSet<string> started,
        List<Task<StepEnd>> inFlight
    )
    {
        foreach (var alias in candidates)
        {
            if (
                !run.IsDone(alias)
                && run.Graph.Plan.Node(alias).WaitsFor.All(run.IsDone)
                && started.Add(alias)
            )
                inFlight.Add(steps.Run(run, alias));
        }
    }

    private ITimer? ArmDeadline(ActiveRun run)
    {
        if (run.Run.DeadlineAt is not { } deadline)
            return null;
        var left = Math.Max(0, deadline - clock.GetUtcNow().ToUnixTimeMilliseconds());
        return clock.CreateTimer(
            static state => ((ActiveRun)state!).StopNodes(),
            run,
            TimeSpan.FromMilliseconds(left),
            Timeout.InfiniteTimeSpan
        );
    }

    private async Task Succeed(ActiveRun run, Step? last)
    {
        if (
            run.Graph.Plan.BuildInput(FlowDocument.FlowOutput, run.OutputOf, out var output) is
            { } fault
        )
        {
            await End(
                run,
                last is null ? [] : [last],
                RunStatus.Failed,
                default,
                StepRunner.EdgeError(fault)
            );
            return;
        }
        var status = RunStatus.Next(RunStatus.Running, RunEvent.OutputReached)!;
        await End(run, last is null ? [] : [last], status, output, null);
    }

    private async Task Fail(ActiveRun run, StepEnd end, List<Task<StepEnd>> others)
    {
        run.StopNodes();
        var ends = await Task.WhenAll(others);
        _closing.Token.ThrowIfCancellationRequested();
        var (happened, error) = end.Error is not null
            ? (RunEvent.StepFailed, end.Error)
            : Interruption(run);
        await End(
            run,
            [end.Step, .. ends.Select(other => other.Step)],
            RunStatus.Next(RunStatus.Running, happened)!,
            default,
            error
        );
    }

    private static (RunEvent, RunError) Interruption(ActiveRun run) =>
        run.CancelAsked
            ? (
                RunEvent.CancelAsked,
                new RunError
                {
                    Code = "cancelled",
                    Kind = "CANCELLED",
                    Message = "The run was cancelled.",
                }
            )
            : (
                RunEvent.DeadlinePassed,
                new RunError
                {
                    Code = "run_deadline",
                    Kind = "DEADLINE",
                    Message = "The run was still going at its deadline and was stopped.",
                }
            );

    private async Task End(
        ActiveRun run,
        IReadOnlyList<Step> last,
        string status,
        ReadOnlyMemory<byte> output,
        RunError? error
    )
    {
        // A clock that was set back meanwhile makes no run end before it began.
        var now = Math.Max(run.Run.CreatedAt, clock.GetUtcNow().ToUnixTimeMilliseconds());
        var why = error is null
            ? null
            : JsonSerializer.SerializeToUtf8Bytes(error, RunJson.Default.RunError);
        var rows = await Keep(
            run,
            async session =>
            {
                foreach (var step in last)
                    await RunStore.Insert(
                        session,
                        run.Run.TenantId,
                        run.Run.Id,
                        step,
                        presence.Name
                    );
                return await RunStore.End(
                    session,
                    run.Run.TenantId,
                    run.Run.Id,
                    status,
                    error is null ? output.ToArray() : null,
                    why,
                    now,
                    presence.Name
                );
            }
        );
        if (error is not null)
            LogEnded(
                log,
                run.Run.Id,
                run.Run.TenantId,
                run.Run.Flow,
                status,
                error.Code,
                error.Node
            );
        var end = rows == 1 ? new RunEnd(status, output, why, now) : await EndOnRecord(run);
        _active.TryRemove(run.Run.Id, out _);
        Signals.RunEnded(
            end.Status,
            TimeSpan.FromMilliseconds(Math.Max(0, end.EndedAt - run.Run.CreatedAt))
        );
        Activity.Current?.SetTag("sluice.status", end.Status);
        run.Complete(end);
    }

    /// <summary>Writes, and when the store is lost tells those who wait and tries again until it is back.</summary>
    /// <returns>Rows that changed; 0 also when an earlier try was kept although its answer was lost.</returns>
    private async Task<int> Keep(ActiveRun run, Func<Session, Task<int>> write)
    {
        while (true)
        {
            try
            {
                return await database.Write(write, CancellationToken.None);
            }
            catch (StoreUnavailableException error)
            {
                LogStoreLost(log, run.Run.Id);
                run.Disappoint(error);
                await Task.Delay(StoreRetry, clock, _closing.Token);
            }
        }
    }

    private async Task KeepStep(ActiveRun run, Step step)
    {
        var (tenant, id) = (run.Run.TenantId, run.Run.Id);
        var rows = await Keep(
            run,
            session => RunStore.Insert(session, tenant, id, step, presence.Name)
        );
        if (
            rows == 0
            && !await database.Read(session =>
                RunStore.IsCarriedBy(session, tenant, id, presence.Name)
            )
        )
            throw new RunLostException();
    }

    /// <summary>What ended a run that this write did not end: an earlier try of it, or another server.</summary>
    private async Task<RunEnd> EndOnRecord(ActiveRun run)
    {
        var kept = await database.Read(session =>
            RunStore.Find(session, run.Run.TenantId, run.Run.Id)
        );
        return kept is { EndedAt: { } ended }
            ? new RunEnd(kept.Status, kept.Output, kept.Error, ended)
            : throw new RunLostException();
    }

    /// <summary>Another server has taken the run; it ends there.</summary>
    private sealed class RunLostException : Exception;

    [LoggerMessage(
        1301,
        LogLevel.Information,
        "Run {RunId} of tenant {TenantId} ({Flow}) ended {Status}: {Code} at {Placement}"
    )]
    private static partial void LogEnded(
        ILogger log,
        string runId,
        string tenantId,
        string flow,
        string status,
        string code,
        string? placement
    );

    [LoggerMessage(1302, LogLevel.Error, "Run {RunId} waits: the store is unavailable")]
    private static partial void LogStoreLost(ILogger log, string runId);

    [LoggerMessage(
        1303,
        LogLevel.Critical,
        "Run {RunId} of tenant {TenantId} could not be carried on"
    )]
    private static partial void LogBroken(
        ILogger log,
        Exception error,
        string runId,
        string tenantId
    );

    [LoggerMessage(
        1306,
        LogLevel.Warning,
        "Run {RunId} was taken by another server, which took this one for dead"
    )]
    private static partial void LogLost(ILogger log, string runId);
}
