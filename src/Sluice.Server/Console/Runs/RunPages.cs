using Sluice.Server.Flows.Graphs;
using Sluice.Server.Flows.Runs;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console.Runs;

/// <summary>Runs: a list that is filtered and renews itself, and one in full: timeline, inputs, outputs, logs, and how it is led: pause, step, breakpoints, cancel.</summary>
internal static class RunPages
{
    public const string Root = "/console/runs";

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet(Root, List);
        pages.MapGet(Root + "/{id}", (Visit visit, string id) => Show(visit, id));
        pages.MapGet(Root + "/{id}/cancel", (Visit visit, string id) => AskCancel(visit, id));
        pages.MapPost(Root + "/{id}/cancel", Cancel);
        pages.MapPost(
            Root + "/{id}/pause",
            (Visit visit, string id) => Change(visit, id, "pauseRun")
        );
        pages.MapPost(
            Root + "/{id}/resume",
            (Visit visit, string id) => Change(visit, id, "resumeRun")
        );
        pages.MapPost(
            Root + "/{id}/step",
            (Visit visit, string id) => Change(visit, id, "stepRun")
        );
        pages.MapGet(
            Root + "/{id}/breakpoints",
            (Visit visit, string id) => AskBreakpoints(visit, id)
        );
        pages.MapPost(Root + "/{id}/breakpoints", SetBreakpoints);
        ReplayPages.Map(pages);
    }

    internal sealed record ListModel(
        IReadOnlyList<RunSummary> Runs,
        string? Flow,
        string? Status,
        string? Next,
        bool IsLater,
        string Self
    );

    internal sealed record OneModel(
        RunShown Run,
        IReadOnlyList<RunLogLine> Log,
        IReadOnlyList<RunSummary> Children,
        bool MayChange
    );

    internal sealed record CancelModel(RunShown Run, FormState Form);

    /// <param name="Placements">Aliases of the graph, before which it can pause.</param>
    internal sealed record BreakpointsModel(
        RunShown Run,
        IReadOnlyList<string> Placements,
        FormState Form
    );

    private static async Task<IResult> List(
        Visit visit,
        string? flow,
        string? status,
        string? cursor
    )
    {
        var runs = await visit.Ask(
            "listRuns",
            RunShapes.Default.RunPage,
            ActInput.Asking(
                ("flow", flow?.Trim()),
                ("status", status),
                ("cursor", cursor),
                ("limit", "30")
            )
        );
        if (runs.Refused)
            return visit.Refused(runs.Refusal);
        return visit.Page<RunList>(
            new ListModel(
                runs.Value.Data,
                flow,
                status,
                runs.Value.NextCursor is { } next ? At(flow, status, next) : null,
                cursor is not null,
                At(flow, status, cursor)
            )
        );
    }

    private static string At(string? flow, string? status, string? cursor) =>
        Root + ActInput.Asking(("flow", flow), ("status", status), ("cursor", cursor)).Query;

    private static async Task<IResult> Show(Visit visit, string id)
    {
        var run = await Find(visit, id);
        if (run.Refused)
            return visit.Refused(run.Refusal);
        var log = await visit.Ask("getRunLogs", RunShapes.Default.RunLog, ActInput.Of("id", id));
        if (log.Refused)
            return visit.Refused(log.Refusal);
        var children = run.Value.Steps.Any(step => step.Subflow is not null)
            ? await visit.Ask(
                "listRuns",
                RunShapes.Default.RunPage,
                ActInput.Asking(("parent", id))
            )
            : new RunPage([], null);
        return children.Refused
            ? visit.Refused(children.Refusal)
            : visit.Page<RunDetail>(
                new OneModel(
                    run.Value,
                    log.Value.Data,
                    children.Value.Data,
                    visit.May(Scopes.RunsWrite)
                )
            );
    }

    private static async Task<IResult> AskCancel(Visit visit, string id, FormState? form = null)
    {
        var run = await Find(visit, id);
        return run.Refused
            ? visit.Refused(run.Refusal)
            : visit.Page<RunCancel>(new CancelModel(run.Value, form ?? FormState.Fresh));
    }

    private static async Task<IResult> Cancel(Visit visit, string id)
    {
        var posted = await visit.Read();
        var refusal = posted.Refusal ?? await visit.Do("cancelRun", ActInput.Of("id", id));
        return refusal is null
            ? visit.Done($"{Root}/{id}", "The run was told to stop.")
            : await AskCancel(visit, id, new FormState(posted, refusal));
    }

    private static async Task<IResult> Change(Visit visit, string id, string act)
    {
        var posted = await visit.Read();
        var refusal = posted.Refusal ?? await visit.Do(act, ActInput.Of("id", id));
        return refusal is null ? visit.Done($"{Root}/{id}") : visit.Refused(refusal);
    }

    private static async Task<IResult> AskBreakpoints(
        Visit visit,
        string id,
        FormState? form = null
    )
    {
        var run = await Find(visit, id);
        if (run.Refused)
            return visit.Refused(run.Refusal);
        var graph = await visit.Ask(
            "getGraph",
            GraphJson.Default.OneResponse,
            ActInput.Of("id", run.Value.GraphId)
        );
        return graph.Refused
            ? visit.Refused(graph.Refusal)
            : visit.Page<RunBreakpoints>(
                new BreakpointsModel(
                    run.Value,
                    [.. graph.Value.Nodes.Select(node => node.Alias)],
                    form ?? FormState.Fresh
                )
            );
    }

    private static async Task<IResult> SetBreakpoints(Visit visit, string id)
    {
        var posted = await visit.Read();
        var wish = new PauseRun.BreakpointsRequest(posted.All("breakpoints"));
        var refusal =
            posted.Refusal
            ?? await visit.Do(
                "setBreakpoints",
                ActInput.With(wish, RunBodies.Default.BreakpointsRequest).On("id", id)
            );
        return refusal is null
            ? visit.Done($"{Root}/{id}", "The breakpoints are set.")
            : await AskBreakpoints(visit, id, new FormState(posted, refusal));
    }

    public static Task<Outcome<RunShown>> Find(Visit visit, string id) =>
        visit.Ask("getRun", RunShapes.Default.RunShown, ActInput.Of("id", id));
}
