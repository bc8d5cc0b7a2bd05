using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Options;
using Sluice.Language.Flows;
using Sluice.Server.Flows.Graphs;
using Sluice.Server.Runners;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Runs;

/// <summary>The runs that this server is carrying: each is begun, taken up again, told of wishes and awaited here.</summary>
internal sealed partial class RunLoop(
    Database database,
    GraphCache graphs,
    StepRunner steps,
    NodeConfinement confined,
    SubflowRunner subflows,
    StreamRunner streams,
    RunRecorder recorder,
    RunFeed feed,
    RunSlots slots,
    ServerPresence presence,
    IOptions<RunOptions> options,
    TimeProvider clock,
    ILogger<RunLoop> log
)
{
    /// <summary>How often a run that another server carries is looked at, while somebody waits for it.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, ActiveRun> _active = new();

    /// <summary>Runs being carried now.</summary>
    public int Count => _active.Count;

    public ActiveRun? Find(string tenantId, string runId) =>
        _active.TryGetValue(runId, out var run) && run.Run.TenantId == tenantId ? run : null;

    public bool IsCarried(string runId) => _active.ContainsKey(runId);

    /// <summary>Asks for the end of a run and tells whoever carries it; a paused one is taken up for that. False when it has ended.</summary>
    public async Task<bool> Cancel(string tenantId, string runId, CancellationToken stop)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        CancelWish wish;
        try
        {
            wish = await database.Write(
                session => RunWishStore.Cancel(session, tenantId, runId, presence.Name, now),
                CancellationToken.None
            );
        }
        catch (StoreUnavailableException)
        {
            TakeUpLater(tenantId, runId);
            throw;
        }
        await Cancelled(tenantId, wish, stop);
        return wish.Ended || wish.Asked;
    }

    /// <summary>Tells whoever carries a run, or waits for it, that its end was asked for; that is durable already.</summary>
    public async Task Cancelled(string tenantId, CancelWish wish, CancellationToken stop)
    {
        if (wish.Ended)
            feed.Grew(wish.RunId, long.MaxValue);
        else if (wish.Taken)
            await TakeUp(tenantId, wish.RunId, CancellationToken.None);
        else if (Find(tenantId, wish.RunId) is { } active)
            active.AskCancel();
        else if (wish.Asked)
            await Tell(tenantId, wish.RunId, stop);
    }

    /// <summary>Waits for the end of a run, wherever it is carried.</summary>
    /// <param name="untilPaused">Whether a pause ends the wait too.</param>
    /// <exception cref="StoreUnavailableException">The store is lost, and what becomes of the run is not known yet.</exception>
    public async Task<RunEnd> Ended(
        string tenantId,
        string runId,
        bool untilPaused,
        CancellationToken stop
    )
    {
        if (Find(tenantId, runId) is { } here)
        {
            var end = await here.Ended.WaitAsync(stop);
            if (untilPaused || RunStatus.IsEnd(end.Status))
                return end;
        }
        // Before the look, so that nothing falls between the two.
        using var listener = feed.Listen(runId);
        while (true)
        {
            if (Find(tenantId, runId) is { } active)
            {
                var end = await active.Ended.WaitAsync(stop);
                if (untilPaused || RunStatus.IsEnd(end.Status))
                    return end;
            }
            var run =
                await database.Read(session => RunStore.Find(session, tenantId, runId), stop)
                ?? throw new InvalidOperationException("a run that is waited for is gone");
            if (run.EndedAt is { } ended)
                return new RunEnd(run.Status, run.Output, run.Error, ended);
            if (untilPaused && run.Status == RunStatus.Paused)
                return new RunEnd(run.Status, null, null, run.PausedAt ?? run.CreatedAt);
            await listener.Wait(LookEvery, clock, stop);
            while (listener.News.TryRead(out _)) { }
        }
    }

    /// <summary>Stops carrying: nodes are ended, nothing is recorded of that, and the next start takes the runs up again.</summary>
    public async Task Close()
    {
        await Task.WhenAll(_active.Values.Select(run => run.RecordedSoon(CancellationToken.None)));
        presence.Resign();
        foreach (var run in _active.Values)
            run.StopCalls();
        while (_active.Values.FirstOrDefault() is { } last)
            await Task.WhenAny(
                last.Ended,
                Task.Delay(TimeSpan.FromMilliseconds(20), clock, CancellationToken.None)
            );
    }

    /// <summary>Whether a call can be made without anybody outside being able to tell.</summary>
    public bool IsConfined(ActiveRun run, PendingCall call) =>
        options.Value.GoAhead
        && call.Node.Node.Subflow is null
        && confined(run.Graph.Workers[call.Node.Alias]);

    /// <summary>Whether somebody follows the run at this server.</summary>
    public bool IsWatched(ActiveRun run) => feed.IsHeard(run.Run.Id);

    /// <summary>Starts a call; its end goes to the run's mail.</summary>
    public void Start(ActiveRun run, CallInFlight call)
    {
        run.Add(call);
        feed.Started(run.Run.Id, call);
        _ = Finish(run, call);
    }

    private async Task Finish(ActiveRun run, CallInFlight call)
    {
        try
        {
            var end = call.Call.Node.Node.Subflow is null
                ? await steps.Run(run, call)
                : await subflows.Run(run, call, this);
            run.Remove(call);
            run.Post(new RunMail(call, end, null, null));
        }
        catch (Exception error)
        {
            run.Remove(call);
            run.Post(new RunMail(call, null, null, error));
        }
    }

    private async Task Guard(ActiveRun run, IReadOnlyList<JournalLine> journal)
    {
        using var scope = log.BeginScope(new LogScope("RunId", run.Run.Id));
        using var span = Signals.Spans.StartActivity("run");
        span?.SetTag("sluice.run_id", run.Run.Id);
        span?.SetTag("sluice.flow", run.Run.Flow);
        span?.SetTag("sluice.graph_id", run.Run.GraphId);
        Signals.RunStarted();
        var lost = false;
        RunDeclinedException? declined = null;
        try
        {
            var end = run.Graph.Flow.IsPipeline
                ? await streams.Carry(run, journal)
                : await Execute(run, journal);
            Forget(run);
            // Before its caller is told: whoever has the answer finds the run counted and in the log.
            if (RunStatus.IsEnd(end.Status))
                Tell(run, end);
            run.Complete(end);
        }
        catch (OperationCanceledException) when (run.Closing.IsCancellationRequested)
        {
            run.Disappoint(
                new StoreUnavailableException(
                    new OperationCanceledException("this server carries the run no further")
                )
            );
            lost = true;
        }
        catch (RunLostException error)
        {
            LogLost(log, run.Run.Id);
            run.Disappoint(new StoreUnavailableException(error));
            lost = true;
        }
        catch (RunDeclinedException error)
        {
            declined = error;
        }
        catch (StoreUnavailableException error)
        {
            LogStoreLost(log, run.Run.Id);
            run.Disappoint(error);
            lost = true;
        }
        catch (Exception error)
        {
            // A bug: the run stays on record as unfinished, and the next start tries it again.
            LogBroken(log, error, run.Run.Id, run.Run.TenantId);
            run.Disappoint(error);
        }
        finally
        {
            run.StopCalls();
            Forget(run);
            if (run.Run.ParentId is null)
                slots.GiveBack(run.Run.TenantId, run.Run.Interactive == 1);
            if (run.Run.Limited == 1)
                await TellOfRoom();
        }
        // Whoever starts it anew finds its place free.
        if (declined is not null)
            run.Decline(new StoreUnavailableException(declined));
        // A run that went to another server and came back is carried on from what is on record.
        if (lost)
            TakeUpLater(run.Run.TenantId, run.Run.Id);
    }

    private async Task<RunEnd> Execute(ActiveRun run, IReadOnlyList<JournalLine> journal)
    {
        using var execution = new RunExecution(run, journal, this, recorder, clock);
        return await execution.Carry();
    }

    private async Task TellOfRoom()
    {
        try
        {
            await presence.TellQueue(CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            // Others look at what waits every few seconds, too.
        }
    }

    private void Forget(ActiveRun run)
    {
        if (!_active.TryRemove(new KeyValuePair<string, ActiveRun>(run.Run.Id, run)))
            return;
        if (run.Settled.IsCompleted)
            _held.TryRemove(run.Run.Id, out _);
        else
            _ = LetGoWhenSettled(run);
    }

    // The fence goes by this server's name, which a later tenure has too: until a write that was given up has ended, the record is not read.
    private async Task LetGoWhenSettled(ActiveRun run)
    {
        await run.Settled;
        _held.TryRemove(run.Run.Id, out _);
    }

    private void Tell(ActiveRun run, RunEnd end)
    {
        if (RunError.Read(end.Error) is { } error)
            LogEnded(
                log,
                run.Run.Id,
                run.Run.TenantId,
                run.Run.Flow,
                end.Status,
                error.Code,
                error.Node
            );
        Signals.RunEnded(
            end.Status,
            TimeSpan.FromMilliseconds(Math.Max(0, end.EndedAt - run.Run.CreatedAt))
        );
        Activity.Current?.SetTag("sluice.status", end.Status);
    }

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

    [LoggerMessage(
        1307,
        LogLevel.Error,
        "Run {RunId} is carried on from its record as soon as the store is back"
    )]
    private static partial void LogStoreLost(ILogger log, string runId);
}
