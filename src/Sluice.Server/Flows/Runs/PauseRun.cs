using Sluice.Language;
using Sluice.Server.Flows.Graphs;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Runs;

/// <summary>
/// Pauses a run before its next step, and lets it go on: wholly, or for one step. A paused run is nobody's; whoever is
/// asked to resume it carries it from there.
/// </summary>
internal sealed partial class PauseRun(
    Database database,
    GraphCache graphs,
    RunLoop loop,
    ServerPresence presence,
    TimeProvider clock,
    ILogger<PauseRun> log
)
{
    /// <param name="Breakpoints">Aliases of placements before which the run pauses; an empty list: none.</param>
    internal sealed record BreakpointsRequest(IReadOnlyList<string> Breakpoints);

    public static Task<IResult> Pause(
        string id,
        Caller caller,
        PauseRun act,
        CancellationToken stop
    ) => act.Pause(id, caller, stop);

    public static Task<IResult> Resume(
        string id,
        Caller caller,
        PauseRun act,
        CancellationToken stop
    ) => act.GoOn(id, caller, JournalLine.Resumed, stop);

    public static Task<IResult> Step(
        string id,
        Caller caller,
        PauseRun act,
        CancellationToken stop
    ) => act.GoOn(id, caller, JournalLine.Stepped, stop);

    public static async Task<IResult> SetBreakpoints(
        string id,
        HttpContext context,
        Caller caller,
        PauseRun act
    )
    {
        var body = await Body.Read(context, RunBodies.Default.BreakpointsRequest);
        return body.Refused
            ? body.Refusal
            : await act.SetBreakpoints(id, caller, body.Value.Breakpoints, context.RequestAborted);
    }

    /// <summary>What is wrong with breakpoints; nothing, when each is a placement of the flow.</summary>
    public static IEnumerable<Mistake> Mistakes(
        IReadOnlyList<string>? breakpoints,
        LoadedGraph graph,
        string where
    ) =>
        (breakpoints ?? [])
            .Where(alias => graph.Flow.Node(alias) is null)
            .Select(alias => new Mistake(
                "unknown_alias",
                $"the flow has no placement `{(alias.Length > 64 ? alias[..64] : alias)}`",
                Where: where
            ));

    private async Task<IResult> Pause(string id, Caller caller, CancellationToken stop)
    {
        var found = await ReadRuns.Find(id, caller, database, stop);
        if (found.Refused)
            return found.Refusal;
        if (
            await graphs.Find(caller.TenantId, found.Value.Run.GraphId, stop) is
            { Flow.IsPipeline: true }
        )
            return RunRefusals.StreamOnly;
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var asked = await database.Write(
            session => RunWishStore.AskPause(session, caller.TenantId, id, now),
            stop
        );
        if (asked == 0 && await Refusal(id, caller, stop) is { } refusal)
            return refusal;
        if (asked == 1)
            LogPaused(log, id, caller.TenantId);
        await loop.Tell(caller.TenantId, id, stop);
        return await ReadRuns.One(id, caller, database, graphs, loop, stop);
    }

    /// <summary>Why a run cannot be paused; null when it is paused already.</summary>
    private async Task<Refusal?> Refusal(string id, Caller caller, CancellationToken stop) =>
        (await database.Read(s => RunStore.Find(s, caller.TenantId, id), stop)) switch
        {
            { Status: RunStatus.Paused } => null,
            { EndedAt: not null } => RunRefusals.Ended,
            _ => RunRefusals.NotPausable,
        };

    private async Task<IResult> GoOn(string id, Caller caller, string how, CancellationToken stop)
    {
        var found = await ReadRuns.Find(id, caller, database, stop);
        if (found.Refused)
            return found.Refusal;
        var tenant = caller.TenantId;
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        (int Resumed, int Withdrawn) done;
        try
        {
            done = await GoOn(tenant, id, how, now);
        }
        catch (StoreUnavailableException)
        {
            loop.TakeUpLater(tenant, id);
            throw;
        }
        if (done is (0, 0))
            return found.Value.Run.EndedAt is null ? RunRefusals.NotPaused : RunRefusals.Ended;
        LogResumed(log, id, tenant);
        // Also when the caller has left: nobody else would carry it.
        if (done.Resumed == 1)
            await loop.TakeUp(tenant, id, CancellationToken.None);
        else
            await loop.Tell(tenant, id, stop);
        return await ReadRuns.One(id, caller, database, graphs, loop, stop);
    }

    private Task<(int Resumed, int Withdrawn)> GoOn(
        string tenant,
        string id,
        string how,
        long now
    ) =>
        database.Write(
            async session =>
            {
                if (await RunWishStore.Resume(session, tenant, id, now, presence.Name) == 0)
                    return (
                        0,
                        how == JournalLine.Resumed
                            ? await RunWishStore.WithdrawPause(session, tenant, id)
                            : 0
                    );
                var seq = await JournalStore.Last(session, tenant, id) + 1;
                var note = JournalLine.Note(seq, how, now);
                return (
                    await JournalStore.Append(
                        session,
                        PayloadSealer.Plain,
                        tenant,
                        id,
                        note,
                        presence.Name
                    ),
                    0
                );
            },
            CancellationToken.None
        );

    private async Task<IResult> SetBreakpoints(
        string id,
        Caller caller,
        IReadOnlyList<string> breakpoints,
        CancellationToken stop
    )
    {
        var found = await ReadRuns.Find(id, caller, database, stop);
        if (found.Refused)
            return found.Refusal;
        if (await graphs.Find(caller.TenantId, found.Value.Run.GraphId, stop) is not { } graph)
            return FlowRefusals.GraphNotFound;
        if (graph.Flow.IsPipeline)
            return RunRefusals.StreamOnly;
        var mistakes = Mistakes(breakpoints, graph, "breakpoints").ToList();
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var kept = BreakpointGate.Write(breakpoints);
        if (
            await database.Write(
                session => RunWishStore.SetBreakpoints(session, caller.TenantId, id, kept),
                stop
            ) == 0
        )
            return RunRefusals.Ended;
        await loop.Tell(caller.TenantId, id, stop);
        return await ReadRuns.One(id, caller, database, graphs, loop, stop);
    }

    [LoggerMessage(
        1320,
        LogLevel.Information,
        "Pause of run {RunId} asked for in tenant {TenantId}"
    )]
    private static partial void LogPaused(ILogger log, string runId, string tenantId);

    [LoggerMessage(1321, LogLevel.Information, "Run {RunId} of tenant {TenantId} goes on")]
    private static partial void LogResumed(ILogger log, string runId, string tenantId);
}
