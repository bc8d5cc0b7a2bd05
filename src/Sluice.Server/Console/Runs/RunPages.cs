using System.Text.Json;
using Sluice.Language;
using Sluice.Server.Flows.Runs;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console.Runs;

/// <summary>Runs: a list that is filtered and renews itself, and one in full: timeline, inputs, outputs, logs, cancel, replay.</summary>
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
            Root + "/{id}/replay",
            (Visit visit, string id, string? from) => AskReplay(visit, id, from)
        );
        pages.MapPost(Root + "/{id}/replay", Replay);
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

    /// <param name="From">The placement from which it runs again; null: all of it.</param>
    /// <param name="Input">The input that the form begins with.</param>
    internal sealed record ReplayModel(RunShown Run, string? From, string Input, FormState Form);

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

    private static async Task<IResult> AskReplay(
        Visit visit,
        string id,
        string? from,
        FormState? form = null
    )
    {
        var run = await Find(visit, id);
        if (run.Refused)
            return visit.Refused(run.Refusal);
        var input = from is null
            ? run.Value.Input
            : run.Value.Steps.LastOrDefault(step => step.Alias == from)?.Input;
        return visit.Page<RunReplay>(
            new ReplayModel(
                run.Value,
                from,
                input is { } element ? Payload.Show(element) : "",
                form ?? FormState.Fresh
            )
        );
    }

    private static async Task<IResult> Replay(Visit visit, string id)
    {
        var posted = await visit.Read();
        var from = posted.Text("from");
        var mistakes = new List<Mistake>();
        var wish = new ReplayRun.Request
        {
            From = from,
            Input = Input(posted, mistakes),
            Wait = false,
        };
        var begun =
            posted.Refusal is { } outdated ? outdated
            : mistakes.Count > 0 ? CommonRefusals.InvalidInput.With(mistakes)
            : await visit.Ask(
                "replayRun",
                RunShapes.Default.InvocationAccepted,
                ActInput.With(wish, RunBodies.Default.ReplayRequest).On("id", id)
            );
        return begun.Refused
            ? await AskReplay(visit, id, from, new FormState(posted, begun.Refusal))
            : visit.Done(
                $"{Root}/{begun.Value.ExecutionId}",
                "This is the new run; the one before it stays as it is."
            );
    }

    /// <summary>The edited input; null where it was left as it is, so that the run's own bytes are taken over.</summary>
    private static JsonElement? Input(Posted posted, List<Mistake> mistakes)
    {
        var text = posted["input"];
        if (text.ReplaceLineEndings("\n") == posted["input_was"].ReplaceLineEndings("\n"))
            return null;
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            mistakes.Add(
                new Mistake(
                    "json",
                    $"this is no JSON: look at line {error.LineNumber + 1}, column {error.BytePositionInLine + 1}",
                    Where: "input"
                )
            );
            return null;
        }
    }

    private static Task<Outcome<RunShown>> Find(Visit visit, string id) =>
        visit.Ask("getRun", RunShapes.Default.RunShown, ActInput.Of("id", id));
}
