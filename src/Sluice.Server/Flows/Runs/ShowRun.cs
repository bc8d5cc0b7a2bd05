using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Sluice.Language.Flows;
using Sluice.Language.Protos;
using Sluice.Server.Flows.Graphs;

namespace Sluice.Server.Flows.Runs;

/// <summary>Writes runs as JSON, in one pass; <see cref="RunShapes"/> has the shapes.</summary>
internal static class ShowRun
{
    private static readonly JsonWriterOptions Relaxed = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>What lists show of a run, within an object.</summary>
    public static void Head(Utf8JsonWriter json, Run run)
    {
        json.WriteString("id", run.Id);
        json.WriteString("flow", run.Flow);
        json.WriteString("graph_id", run.GraphId);
        json.WriteString("status", run.Status);
        json.WriteNumber("priority", run.Priority);
        json.WriteString("created_at", Time(run.CreatedAt));
        Moment(json, "started_at", run.StartedAt);
        if (run.EndedAt is { } ended)
        {
            json.WriteString("ended_at", Time(ended));
            json.WriteNumber("duration_ms", ended - run.CreatedAt);
        }
        Moment(json, "deadline_at", run.DeadlineAt);
        Moment(json, "cancel_asked_at", run.CancelAskedAt);
        Moment(json, "pause_asked_at", run.PauseAskedAt);
        Moment(json, "paused_at", run.PausedAt);
        Text(json, "parent_id", run.ParentId);
        Text(json, "parent_step", run.ParentStep);
        Text(json, "replay_of", run.ReplayOf);
        if (run.ForkSeq is { } fork)
            json.WriteNumber("fork_seq", fork);
        if (run.Error is not null)
        {
            json.WritePropertyName("error");
            json.WriteRawValue(run.Error);
        }
    }

    /// <summary>A run with its steps, as far as its journal goes, and those that are under way here.</summary>
    public static void Whole(
        Utf8JsonWriter json,
        Run run,
        IReadOnlyList<JournalLine> journal,
        IReadOnlyList<Run> children,
        LoadedGraph graph,
        IReadOnlyList<CallInFlight> inFlight
    )
    {
        Head(json, run);
        json.WriteString("environment", run.Environment);
        json.WriteString("config_id", run.ConfigId);
        json.WriteString("key_id", run.KeyId);
        json.WriteString("request_id", run.RequestId);
        json.WriteNumber("node_timeout_seconds", run.NodeTimeoutSeconds);
        if (run.Breakpoints is not null)
        {
            json.WritePropertyName("breakpoints");
            json.WriteRawValue(run.Breakpoints);
        }
        json.WritePropertyName("input");
        ProtoJson.Write(graph.Plan.Input, run.Input, json);
        if (run.Output is not null)
        {
            json.WritePropertyName("output");
            ProtoJson.Write(graph.Plan.Output, run.Output, json);
        }
        if (
            journal.LastOrDefault(line => line.Status == JournalLine.Streamed) is
            { FramesOut: { } frames }
        )
            json.WriteNumber("frames", frames);
        // Of a stream nothing is kept that inputs could be worked out from.
        var state = graph.Flow.IsPipeline
            ? null
            : JournalFold.Of(
                graph.Plan,
                run,
                run.Params is null
                    ? new Dictionary<string, string>()
                    : JsonSerializer.Deserialize(
                        run.Params,
                        RunJson.Default.DictionaryStringString
                    )!,
                journal
            );
        var byStep = children.ToDictionary(child => child.ParentStep!, child => child.Id);
        json.WriteStartArray("steps");
        foreach (var line in journal.Where(line => line.IsStep))
            Step(json, graph, state, byStep, line);
        foreach (var call in inFlight)
            Running(json, graph, byStep, call);
        json.WriteEndArray();
        if (run.Status == RunStatus.Paused && state is not null)
            Next(json, state);
    }

    /// <summary>Where a paused run stands: the placements whose calls are ready.</summary>
    private static void Next(Utf8JsonWriter json, FlowState state)
    {
        json.WriteStartArray("next");
        foreach (var alias in state.TakeReady().Select(call => call.Node.Alias).Distinct())
            json.WriteStringValue(alias);
        json.WriteEndArray();
    }

    public static FileContentHttpResult Write(Action<Utf8JsonWriter> write)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(body, Relaxed))
            write(json);
        return TypedResults.Bytes(body.WrittenMemory, "application/json");
    }

    public static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    private static void Step(
        Utf8JsonWriter json,
        LoadedGraph graph,
        FlowState? state,
        Dictionary<string, string> children,
        JournalLine line
    )
    {
        var node = graph.Plan.Node(line.Alias);
        json.WriteStartObject();
        json.WriteNumber("seq", line.Seq);
        Place(json, node.Node, line.Key);
        json.WriteString("status", line.Status);
        json.WriteNumber("attempt", line.Attempt);
        Text(json, "run_id", children.GetValueOrDefault($"{line.Key}@{line.Attempt}"));
        Text(json, "origin", line.Origin);
        json.WriteString("started_at", Time(line.StartedAt));
        json.WriteString("ended_at", Time(line.EndedAt));
        json.WriteNumber("duration_ms", line.DurationUs / 1000.0);
        json.WriteBoolean("cold", line.Cold == 1);
        if (line.FramesIn is { } taken)
            json.WriteNumber("frames_in", taken);
        if (line.FramesOut is { } given)
            json.WriteNumber("frames_out", given);
        if (state?.InputOf(line.Key) is { } input)
        {
            json.WritePropertyName("input");
            ProtoJson.Write(node.Input, input.Span, json);
        }
        if (line.Output is not null)
        {
            json.WritePropertyName("output");
            ProtoJson.Write(node.Output, line.Output, json);
        }
        if (line.Error is not null)
        {
            json.WritePropertyName("error");
            json.WriteRawValue(line.Error);
        }
        json.WriteEndObject();
    }

    private static void Running(
        Utf8JsonWriter json,
        LoadedGraph graph,
        Dictionary<string, string> children,
        CallInFlight call
    )
    {
        json.WriteStartObject();
        Place(json, graph.Plan.Node(call.Call.Key.Alias).Node, call.Call.Key);
        json.WriteString("status", "running");
        json.WriteNumber("attempt", call.Call.Attempt);
        Text(json, "run_id", children.GetValueOrDefault($"{call.Call.Key}@{call.Call.Attempt}"));
        json.WriteString("started_at", Time(call.StartedAt));
        if (call.Frames?.Invoke() is var (taken, given))
        {
            json.WriteNumber("frames_in", taken);
            json.WriteNumber("frames_out", given);
        }
        if (call.Progress is { } progress)
        {
            json.WriteStartObject("progress");
            json.WriteNumber("fraction", progress.Fraction);
            json.WriteString("message", progress.Message);
            json.WriteString("at", Time(progress.At));
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void Place(Utf8JsonWriter json, GraphNode node, StepKey key)
    {
        json.WriteString("alias", key.Alias);
        if (node.Subflow is { } subflow)
        {
            json.WriteString("subflow", subflow);
        }
        else
        {
            json.WriteString("node", node.Node);
            json.WriteString("package", $"{node.Package}@{node.Version}");
        }
        if (key.Visit > 1)
            json.WriteNumber("visit", key.Visit);
        if (key.Item >= 0)
            json.WriteNumber("item", key.Item);
    }

    private static void Moment(Utf8JsonWriter json, string name, long? ms)
    {
        if (ms is { } at)
            json.WriteString(name, Time(at));
    }

    private static void Text(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
            json.WriteString(name, text);
    }
}
