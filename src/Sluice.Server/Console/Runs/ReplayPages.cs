using System.Globalization;
using System.Text.Json;
using Sluice.Language;
using Sluice.Server.Flows.Runs;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console.Runs;

/// <summary>
/// A run again: whole, from a placement with an edited input, or forked at a checkpoint with edited results of the steps before it.
/// </summary>
internal static class ReplayPages
{
    /// <summary>What was taken over begins with this in the form's fields; the alias follows.</summary>
    public const string Output = "output.";

    /// <summary>The text with which a field began; what is left as it was is taken over byte by byte.</summary>
    public const string Was = "was.";

    /// <summary>Longer results are not edited in a page; the CLI takes them.</summary>
    private const int LongestEdited = 16 << 10;

    /// <summary>Results that a page offers for editing: the last ones.</summary>
    private const int MostEdited = 20;

    private const string Root = RunPages.Root + "/{id}/replay";

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet(
            Root,
            (Visit visit, string id, string? from, long? checkpoint) =>
                Ask(visit, id, from, checkpoint)
        );
        pages.MapPost(Root, Replay);
    }

    /// <param name="From">The placement from which it runs again; null: all of it, or from the checkpoint.</param>
    /// <param name="Checkpoint">The last line of the journal that is taken over; null: none is named.</param>
    /// <param name="Input">The input that the form begins with; null where there is none to edit.</param>
    /// <param name="Results">Results before the checkpoint that can be edited, the last first.</param>
    /// <param name="HasMore">Whether there are results that are too long, or too many, for the page.</param>
    internal sealed record Model(
        RunShown Run,
        string? From,
        long? Checkpoint,
        string? Input,
        IReadOnlyList<Result> Results,
        bool HasMore,
        FormState Form
    );

    /// <param name="Text">What the placement gave, as it is shown.</param>
    internal sealed record Result(string Alias, string Text);

    private static async Task<IResult> Ask(
        Visit visit,
        string id,
        string? from,
        long? checkpoint,
        FormState? form = null
    )
    {
        var run = await RunPages.Find(visit, id);
        if (run.Refused)
            return visit.Refused(run.Refusal);
        var taken = checkpoint is { } seq ? Taken(run.Value, seq) : [];
        List<Result> results =
        [
            .. taken
                .Select(step => new Result(step.Alias, Payload.Show(step.Output!.Value)))
                .Where(result => result.Text.Length <= LongestEdited)
                .Take(MostEdited),
        ];
        return visit.Page<RunReplay>(
            new Model(
                run.Value,
                from,
                checkpoint,
                checkpoint is null ? Input(run.Value, from) : null,
                results,
                results.Count < taken.Count,
                form ?? FormState.Fresh
            )
        );
    }

    private static string Input(RunShown run, string? from) =>
        (from is null ? run.Input : run.Steps.LastOrDefault(step => step.Alias == from)?.Input)
            is { } input
            ? Payload.Show(input)
            : "";

    /// <summary>The last result of each placement up to a line; items of a fan-out have none of their own to edit.</summary>
    private static List<StepShown> Taken(RunShown run, long checkpoint) =>
        [
            .. run
                .Steps.Where(step =>
                    step is { Status: "succeeded", Item: null, Output: not null }
                    && step.Seq <= checkpoint
                )
                .Reverse()
                .DistinctBy(step => step.Alias),
        ];

    private static async Task<IResult> Replay(Visit visit, string id)
    {
        var posted = await visit.Read();
        var mistakes = new List<Mistake>();
        var from = posted.Text("from");
        var checkpoint = posted.Number("checkpoint", mistakes);
        var wish = new ReplayRun.Request
        {
            From = from,
            Checkpoint = checkpoint,
            Input = posted.HasField("input")
                ? Edited(posted["input"], posted["input_was"], "input", mistakes)
                : null,
            Steps = Steps(posted, mistakes),
            Wait = false,
            Debug = posted.Has("pause_at_start") ? new DebugWish { PauseAtStart = true } : null,
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
            ? await Ask(visit, id, from, checkpoint, new FormState(posted, AtFields(begun.Refusal)))
            : visit.Done(
                $"{RunPages.Root}/{begun.Value.ExecutionId}",
                "This is the new run; the one before it stays as it is."
            );
    }

    /// <summary>The act speaks of <c>steps.ALIAS.field</c>; the form has a field per alias.</summary>
    private static Refusal AtFields(Refusal refusal) =>
        refusal.Mistakes is not { Count: > 0 } mistakes
            ? refusal
            : refusal.With([
                .. mistakes.Select(mistake =>
                    mistake.Where is { } where
                    && where.StartsWith("steps.", StringComparison.Ordinal)
                        ? mistake with
                        {
                            Where = Output + where.Split('.')[1],
                            Message = where.Split('.', 3) is [_, _, var inner]
                                ? $"`{inner}`: {mistake.Message}"
                                : mistake.Message,
                        }
                    : mistake.Where?.StartsWith("input.", StringComparison.Ordinal) == true
                        ? mistake with
                        {
                            Where = "input",
                            Message = $"`{mistake.Where["input.".Length..]}`: {mistake.Message}",
                        }
                    : mistake
                ),
            ]);

    private static Dictionary<string, JsonElement>? Steps(Posted posted, List<Mistake> mistakes)
    {
        var edited = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var alias in posted.All("result"))
            if (
                Edited(posted[Output + alias], posted[Was + alias], Output + alias, mistakes) is
                { } output
            )
                edited[alias] = output;
        return edited.Count > 0 ? edited : null;
    }

    /// <summary>Null where the text was left as it is, so that the run's own bytes are taken over.</summary>
    private static JsonElement? Edited(
        string text,
        string was,
        string field,
        List<Mistake> mistakes
    )
    {
        if (text.ReplaceLineEndings("\n") == was.ReplaceLineEndings("\n"))
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
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"this is no JSON: look at line {error.LineNumber + 1}, column {error.BytePositionInLine + 1}"
                    ),
                    Where: field
                )
            );
            return null;
        }
    }
}
