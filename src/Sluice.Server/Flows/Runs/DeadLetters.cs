using Sluice.Language;
using Sluice.Server.Flows.Graphs;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Runs;

/// <summary>
/// Runs that a caller started, that failed, and that nobody has looked after since: listed, tried again from the step
/// that failed, or taken off the list.
/// </summary>
internal sealed class DeadLetters(
    Database database,
    GraphCache graphs,
    ReplayRun replay,
    TimeProvider clock
)
{
    private Database Store => database;

    private TimeProvider Clock => clock;

    public static async Task<IResult> List(
        HttpContext context,
        string? flow,
        Caller caller,
        Database database
    )
    {
        var mistakes = new List<Mistake>();
        var page = Page.Read(context.Request, mistakes);
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var runs = await database.Read(
            session => RunStore.Dead(session, caller.TenantId, caller.Environment, flow, page),
            context.RequestAborted
        );
        return ReadRuns.Paged(runs, page);
    }

    public static Task<IResult> Retry(
        string id,
        HttpContext context,
        Caller caller,
        DeadLetters act
    ) => act.Retry(id, context, caller);

    public static async Task<IResult> Dismiss(
        string id,
        Caller caller,
        DeadLetters act,
        CancellationToken stop
    )
    {
        var found = await act.Find(id, caller, stop);
        if (found.Refused)
            return found.Refusal;
        var now = act.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        return
            await act.Store.Write(
                session => RunStore.Dismiss(session, caller.TenantId, id, now),
                stop
            ) == 1
            ? TypedResults.NoContent()
            : RunRefusals.NoDeadLetter;
    }

    private async Task<IResult> Retry(string id, HttpContext context, Caller caller)
    {
        var found = await Find(id, caller, context.RequestAborted);
        if (found.Refused)
            return found.Refusal;
        if (
            await graphs.Find(caller.TenantId, found.Value.Run.GraphId, context.RequestAborted)
            is not { } graph
        )
            return FlowRefusals.GraphNotFound;
        if (graph.Flow.IsPipeline)
            return RunRefusals.StreamOnly;
        return await replay.Retry(context, caller, graph, found.Value);
    }

    private async Task<Outcome<ReadRuns.Record>> Find(
        string id,
        Caller caller,
        CancellationToken stop
    )
    {
        var found = await ReadRuns.Find(id, caller, database, stop);
        if (found.Refused)
            return found.Refusal == RunRefusals.NotFound ? RunRefusals.NoDeadLetter : found;
        return
            found.Value.Run
                is {
                    Status: RunStatus.Failed or RunStatus.Compensated,
                    ParentId: null,
                    DismissedAt: null
                }
            ? found
            : RunRefusals.NoDeadLetter;
    }
}
