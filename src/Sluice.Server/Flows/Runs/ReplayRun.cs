using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Sluice.Language;
using Sluice.Server.Flows.Graphs;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Runs;

/// <summary>
/// Runs a run again, as a new run of the same graph that is linked to the old: whole, from a placement, or from a line
/// of its journal; with an edited input, or edited results of earlier steps. Config and secrets are pinned anew.
/// </summary>
internal sealed class ReplayRun(
    Database database,
    GraphCache graphs,
    RunStarter starter,
    InvokeFlow invoke,
    TimeProvider clock,
    IOptions<RunOptions> options
)
{
    internal sealed record Request
    {
        /// <summary>The placement from which it runs again: what came before its first result is taken over. Absent, and no checkpoint: all of it.</summary>
        public string? From { get; init; }

        /// <summary>The last line of the journal (a step's <c>seq</c>) that is taken over; instead of <c>from</c>.</summary>
        public long? Checkpoint { get; init; }

        /// <summary>Another input: of the placement in <c>from</c>, else of the flow.</summary>
        public JsonElement? Input { get; init; }

        /// <summary>Other outputs, by alias, of placements whose results are taken over.</summary>
        public Dictionary<string, JsonElement>? Steps { get; init; }

        /// <summary>Whether the answer waits for the run's end. Default false.</summary>
        public bool? Wait { get; init; }

        /// <summary>The config to use; the old run's unless said.</summary>
        public string? ConfigId { get; init; }

        /// <summary>The run's own deadline in milliseconds, 1 to 86400000.</summary>
        public long? TimeoutMs { get; init; }

        /// <summary>0 to 9; the old run's unless said.</summary>
        public int? Priority { get; init; }

        public DebugWish? Debug { get; init; }
    }

    public static async Task<IResult> Handle(
        string id,
        HttpContext context,
        Caller caller,
        ReplayRun act
    )
    {
        var (bytes, refusal) = await Body.ReadAll(context, act.Limit);
        if (refusal is not null)
            return refusal;
        var request =
            bytes.Length == 0
                ? new Request()
                : Body.Parse(bytes.Span, RunBodies.Default.ReplayRequest);
        return request.Refused
            ? request.Refusal
            : await act.Replay(id, context, caller, request.Value);
    }

    private int Limit => options.Value.LargestInput;

    private async Task<IResult> Replay(
        string id,
        HttpContext context,
        Caller caller,
        Request request
    )
    {
        var stop = context.RequestAborted;
        var found = await ReadRuns.Find(id, caller, database, stop);
        if (found.Refused)
            return found.Refusal;
        var (run, journal) = (found.Value.Run, found.Value.Journal);
        if (await graphs.Find(caller.TenantId, run.GraphId, stop) is not { } graph)
            return FlowRefusals.GraphNotFound;
        if (graph.Flow.IsPipeline)
            return RunRefusals.StreamOnly;
        var mistakes = Check(request, graph, journal).ToList();
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var fork =
            request.From is { } alias ? Fork.Before(graph.Plan, journal, alias)
            : request.Checkpoint is { } seq ? Fork.At(graph.Plan, journal, seq)
            : Fork.Whole(graph.Plan);
        var input = Edit(request, graph, run, fork, mistakes);
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        return await Start(
            context,
            caller,
            graph,
            run,
            new NewRun
            {
                Graph = graph,
                Input = input,
                ConfigId = request.ConfigId,
                TimeoutMs = request.TimeoutMs,
                Wait = request.Wait == true,
                Priority = request.Priority ?? (int)run.Priority,
                Debug = request.Debug,
                ReplayOf = run.Id,
                ForkSeq = fork.Seq,
                Journal = fork.Lines(),
            }
        );
    }

    /// <summary>Runs a failed run again from the step that failed it.</summary>
    public Task<IResult> Retry(
        HttpContext context,
        Caller caller,
        LoadedGraph graph,
        ReadRuns.Record failed
    )
    {
        var fork = Fork.BeforeFailure(graph.Plan, failed.Journal, RunError.Read(failed.Run.Error));
        return Start(
            context,
            caller,
            graph,
            failed.Run,
            new NewRun
            {
                Graph = graph,
                Input = failed.Run.Input,
                Wait = false,
                Priority = (int)failed.Run.Priority,
                Retries = failed.Run.Id,
                ReplayOf = failed.Run.Id,
                ForkSeq = fork.Seq,
                Journal = fork.Lines(),
            }
        );
    }

    /// <summary>With the old run's config where it is still there and none was asked for.</summary>
    private async Task<IResult> Start(
        HttpContext context,
        Caller caller,
        LoadedGraph graph,
        Run old,
        NewRun wanted
    )
    {
        var kept = wanted.ConfigId is null && old.ConfigId is not null;
        var started = await starter.Start(
            caller,
            kept ? wanted with { ConfigId = old.ConfigId } : wanted,
            context.TraceIdentifier,
            key: null,
            context.RequestAborted
        );
        if (kept && started.Refusal == Configs.ConfigRefusals.NotFound)
            started = await starter.Start(
                caller,
                wanted,
                context.TraceIdentifier,
                key: null,
                context.RequestAborted
            );
        return started.Refused
            ? started.Refusal
            : await invoke.Answer(context, wanted.Wait, graph, started.Value);
    }

    private static IEnumerable<Mistake> Check(
        Request request,
        LoadedGraph graph,
        IReadOnlyList<JournalLine> journal
    )
    {
        if (request is { From: not null, Checkpoint: not null })
            yield return new Mistake(
                "from_or_checkpoint",
                "say where to start in one way: from a placement, or from a checkpoint",
                Where: "from"
            );
        if (request.From is { } from && graph.Flow.Node(from) is null)
            yield return new Mistake(
                "unknown_alias",
                "the flow has no such placement",
                Where: "from"
            );
        else if (request.From is { } alias && graph.Plan.Node(alias).IsCompensator)
            yield return new Mistake(
                "compensator",
                "a run cannot start from a placement that undoes another",
                Where: "from"
            );
        if (request.Checkpoint is { } seq && journal.All(line => line.Seq != seq))
            yield return new Mistake(
                "checkpoint",
                "checkpoint is the seq of a line of this run's journal",
                Where: "checkpoint"
            );
        if (request.TimeoutMs is < 1 or > InvokeRequest.LongestTimeoutMs)
            yield return new Mistake(
                "out_of_range",
                $"timeout_ms is a whole number from 1 to {InvokeRequest.LongestTimeoutMs}",
                Where: "timeout_ms"
            );
        if (request.Priority is < 0 or > 9)
            yield return new Mistake(
                "out_of_range",
                "priority is a whole number from 0 to 9",
                Where: "priority"
            );
        foreach (
            var mistake in PauseRun.Mistakes(request.Debug?.Breakpoints, graph, "debug.breakpoints")
        )
            yield return mistake;
    }

    /// <summary>Puts the edits into the fork; answers the flow's input.</summary>
    private byte[] Edit(
        Request request,
        LoadedGraph graph,
        Run run,
        Fork fork,
        List<Mistake> mistakes
    )
    {
        foreach (var (alias, output) in request.Steps ?? [])
            mistakes.AddRange(
                graph.Flow.Node(alias) is null
                    ?
                    [
                        new Mistake(
                            "unknown_alias",
                            "the flow has no such placement",
                            Where: $"steps.{alias}"
                        ),
                    ]
                    : fork.EditOutput(alias, output) ?? []
            );
        if (request.Input is not { } input)
            return run.Input;
        IReadOnlyList<Mistake>? wrong;
        if (request.From is { } from)
        {
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            mistakes.AddRange(fork.EditInput(from, input, now) ?? []);
            return run.Input;
        }
        var message = Fork.Message(graph.Plan.Input, input, "input", out wrong);
        mistakes.AddRange(wrong ?? []);
        return message ?? [];
    }
}

/// <summary>Bodies that acts on runs take.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    MaxDepth = 110
)]
[JsonSerializable(typeof(ReplayRun.Request), TypeInfoPropertyName = "ReplayRequest")]
[JsonSerializable(typeof(PauseRun.BreakpointsRequest), TypeInfoPropertyName = "BreakpointsRequest")]
[JsonSerializable(typeof(DebugWish))]
internal sealed partial class RunBodies : JsonSerializerContext;
