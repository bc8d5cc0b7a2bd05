using System.Text;
using System.Text.Json;
using Sluice.Language;
using Sluice.Server.Flows.Runs;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console.Flows;

/// <summary>
/// Runs on the canvas: started, with breakpoints where the person set some, looked at, and led step by step. What happens in
/// one the script follows at the API itself, as events.
/// </summary>
internal static class CanvasRuns
{
    private const string One = CanvasPages.Root + "/runs/{id}";

    /// <summary>Acts on a run that take nothing but its id, by the last part of the path.</summary>
    private static readonly (string Verb, string Act)[] Verbs =
    [
        ("pause", "pauseRun"),
        ("resume", "resumeRun"),
        ("step", "stepRun"),
        ("cancel", "cancelRun"),
    ];

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapPost(CanvasPages.One + "/run", Start);
        pages.MapGet(One, Show);
        foreach (var (verb, act) in Verbs)
            pages.MapPost(
                $"{One}/{verb}",
                (Visit visit, string id) => Change(visit, act, _ => ActInput.Of("id", id))
            );
        pages.MapPost(
            One + "/breakpoints",
            (Visit visit, string id) =>
                Change(
                    visit,
                    "setBreakpoints",
                    posted =>
                        ActInput
                            .With(
                                new PauseRun.BreakpointsRequest(Breakpoints(posted)),
                                RunBodies.Default.BreakpointsRequest
                            )
                            .On("id", id)
                )
        );
    }

    private static async Task<IResult> Start(Visit visit, string owner, string name)
    {
        var posted = await visit.Read();
        var body = Invocation($"{owner}/{name}", posted);
        var refusal = posted.Refusal ?? body.Refusal;
        if (refusal is not null)
            return CanvasPages.Refused(visit, refusal);
        var begun = await visit.Ask(
            "invokeFlow",
            RunShapes.Default.InvocationAccepted,
            new ActInput { Body = body.Value }
        );
        return begun.Refused
            ? CanvasPages.Refused(visit, begun.Refusal)
            : CanvasPages.Answer(
                visit,
                new CanvasBegun(begun.Value.ExecutionId),
                CanvasJson.Default.CanvasBegun
            );
    }

    /// <summary>The body of a call that nobody waits for, with the input as it was typed.</summary>
    private static Outcome<byte[]> Invocation(string flow, Posted posted)
    {
        using var body = new MemoryStream();
        try
        {
            using var json = new Utf8JsonWriter(body);
            json.WriteStartObject();
            json.WriteString("flow", flow);
            json.WriteBoolean("wait", false);
            if (Debug(posted) is { } debug)
            {
                json.WritePropertyName("debug");
                JsonSerializer.Serialize(json, debug, RunBodies.Default.DebugWish);
            }
            json.WritePropertyName("input");
            json.WriteRawValue(
                Encoding.UTF8.GetBytes(posted["input"].Trim() is "" ? "{}" : posted["input"])
            );
            json.WriteEndObject();
        }
        catch (JsonException error)
        {
            return CommonRefusals.InvalidInput.With([
                new Mistake(
                    "json",
                    $"this is no JSON: look at line {error.LineNumber + 1}, column {error.BytePositionInLine + 1}",
                    Where: "input"
                ),
            ]);
        }
        return body.ToArray();
    }

    private static DebugWish? Debug(Posted posted) =>
        Breakpoints(posted) is var breakpoints
        && (breakpoints.Length > 0 || posted.Has("pause_at_start"))
            ? new DebugWish
            {
                Breakpoints = breakpoints,
                PauseAtStart = posted.Has("pause_at_start"),
            }
            : null;

    /// <summary>Aliases have no spaces.</summary>
    private static string[] Breakpoints(Posted posted) =>
        posted["breakpoints"].Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static async Task<IResult> Show(Visit visit, string id) =>
        Answer(visit, await visit.Ask("getRun", RunShapes.Default.RunShown, ActInput.Of("id", id)));

    private static async Task<IResult> Change(Visit visit, string act, Func<Posted, ActInput> input)
    {
        var posted = await visit.Read();
        return posted.Refusal is { } refusal
            ? CanvasPages.Refused(visit, refusal)
            : Answer(visit, await visit.Ask(act, RunShapes.Default.RunShown, input(posted)));
    }

    private static IResult Answer(Visit visit, Outcome<RunShown> run) =>
        run.Refused
            ? CanvasPages.Refused(visit, run.Refusal)
            : CanvasPages.Answer(visit, CanvasRun.Of(run.Value), CanvasJson.Default.CanvasRun);
}
