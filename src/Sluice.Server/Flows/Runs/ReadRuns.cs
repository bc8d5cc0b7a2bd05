using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Sluice.Language;
using Sluice.Language.Flows;
using Sluice.Language.Protos;
using Sluice.Server.Flows.Graphs;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Runs;

/// <summary>Lists runs, shows one with its steps, and its log lines.</summary>
internal static class ReadRuns
{
    private static readonly JsonWriterOptions Relaxed = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static async Task<IResult> List(
        HttpContext context,
        string? flow,
        string? status,
        Caller caller,
        Database database
    )
    {
        var mistakes = new List<Mistake>();
        var page = Page.Read(context.Request, mistakes);
        if (status is not null && !RunStatus.All.Contains(status))
            mistakes.Add(
                new Mistake(
                    "status",
                    $"status is one of {string.Join(", ", RunStatus.All)}",
                    Where: "status"
                )
            );
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var runs = await database.Read(
            session =>
                RunStore.List(session, caller.TenantId, caller.Environment, flow, status, page),
            context.RequestAborted
        );
        return Write(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("data");
            foreach (var run in runs.Take(page.Limit))
            {
                json.WriteStartObject();
                Head(json, run);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteString(
                "next_cursor",
                runs.Count > page.Limit ? runs[page.Limit - 1].Id : null
            );
            json.WriteEndObject();
        });
    }

    public static async Task<IResult> One(
        string id,
        Caller caller,
        Database database,
        GraphCache graphs,
        RunLoop loop,
        CancellationToken stop
    )
    {
        var found = await Find(id, caller, database, stop);
        if (found.Refused)
            return found.Refusal;
        var (run, steps) = (found.Value.Run, found.Value.Steps);
        if (await graphs.Find(caller.TenantId, run.GraphId, stop) is not { } graph)
            return FlowRefusals.GraphNotFound;
        var active = loop.Find(caller.TenantId, id);
        return Write(json =>
        {
            json.WriteStartObject();
            Head(json, run);
            json.WriteString("environment", run.Environment);
            json.WriteString("config_id", run.ConfigId);
            json.WriteString("key_id", run.KeyId);
            json.WriteString("request_id", run.RequestId);
            json.WriteNumber("node_timeout_seconds", run.NodeTimeoutSeconds);
            json.WritePropertyName("input");
            ProtoJson.Write(graph.Plan.Input, run.Input, json);
            if (run.Output is not null)
            {
                json.WritePropertyName("output");
                ProtoJson.Write(graph.Plan.Output, run.Output, json);
            }
            json.WriteStartArray("steps");
            foreach (var step in steps)
                WriteStep(json, graph, run, steps, step);
            foreach (var (alias, started) in active?.InFlight.ToArray() ?? [])
                WriteRunning(json, graph, alias, started);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    public static async Task<IResult> Logs(
        string id,
        Caller caller,
        Database database,
        CancellationToken stop
    )
    {
        var found = await Find(id, caller, database, stop);
        if (found.Refused)
            return found.Refusal;
        return Write(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("data");
            foreach (var step in found.Value.Steps.Where(step => step.Logs is not null))
            {
                foreach (
                    var line in JsonSerializer.Deserialize(step.Logs!, RunJson.Default.ListLogLine)!
                )
                {
                    json.WriteStartObject();
                    json.WriteString("at", line.At);
                    json.WriteString("step", step.Alias);
                    json.WriteString("level", line.Level);
                    json.WriteString("text", line.Text);
                    json.WriteStartObject("fields");
                    foreach (var (name, value) in line.Fields)
                        json.WriteString(name, value);
                    json.WriteEndObject();
                    json.WriteEndObject();
                }
            }
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    internal sealed record Record(Run Run, IReadOnlyList<Step> Steps);

    internal static async Task<Outcome<Record>> Find(
        string id,
        Caller caller,
        Database database,
        CancellationToken stop
    )
    {
        var (run, steps) = await database.Read(
            async session =>
            {
                var found = await RunStore.Find(session, caller.TenantId, id);
                return (
                    found,
                    found is null ? [] : await RunStore.Steps(session, caller.TenantId, id)
                );
            },
            stop
        );
        if (run is null)
            return RunRefusals.NotFound;
        return run.Environment == caller.Environment
            ? new Record(run, steps)
            : CommonRefusals.EnvironmentMismatch;
    }

    private static void Head(Utf8JsonWriter json, Run run)
    {
        json.WriteString("id", run.Id);
        json.WriteString("flow", run.Flow);
        json.WriteString("graph_id", run.GraphId);
        json.WriteString("status", run.Status);
        json.WriteString("created_at", Time(run.CreatedAt));
        if (run.EndedAt is { } ended)
        {
            json.WriteString("ended_at", Time(ended));
            json.WriteNumber("duration_ms", ended - run.CreatedAt);
        }
        if (run.CancelAskedAt is { } asked)
            json.WriteString("cancel_asked_at", Time(asked));
        if (run.Error is not null)
        {
            json.WritePropertyName("error");
            json.WriteRawValue(run.Error);
        }
    }

    private static void WriteStep(
        Utf8JsonWriter json,
        LoadedGraph graph,
        Run run,
        IReadOnlyList<Step> steps,
        Step step
    )
    {
        json.WriteStartObject();
        Place(json, graph, step.Alias);
        json.WriteString("status", step.Status);
        json.WriteNumber("attempt", step.Attempt);
        json.WriteString("started_at", Time(step.StartedAt));
        json.WriteString("ended_at", Time(step.EndedAt));
        json.WriteNumber("duration_ms", step.DurationUs / 1000.0);
        json.WriteBoolean("cold", step.Cold == 1);
        var planned = graph.Plan.Node(step.Alias);
        if (
            graph.Plan.BuildInput(step.Alias, from => OutputOf(run, steps, from), out var input)
            is null
        )
        {
            json.WritePropertyName("input");
            ProtoJson.Write(planned.Input, input.Span, json);
        }
        if (step.Output is not null)
        {
            json.WritePropertyName("output");
            ProtoJson.Write(planned.Output, step.Output, json);
        }
        if (step.Error is not null)
        {
            json.WritePropertyName("error");
            json.WriteRawValue(step.Error);
        }
        json.WriteEndObject();
    }

    private static void WriteRunning(
        Utf8JsonWriter json,
        LoadedGraph graph,
        string alias,
        long started
    )
    {
        json.WriteStartObject();
        Place(json, graph, alias);
        json.WriteString("status", "running");
        json.WriteNumber("attempt", 1);
        json.WriteString("started_at", Time(started));
        json.WriteEndObject();
    }

    private static void Place(Utf8JsonWriter json, LoadedGraph graph, string alias)
    {
        var node = graph.Plan.Node(alias).Node;
        json.WriteString("alias", alias);
        json.WriteString("node", node.Node);
        json.WriteString("package", $"{node.Package}@{node.Version}");
    }

    private static ReadOnlyMemory<byte> OutputOf(Run run, IReadOnlyList<Step> steps, string from) =>
        from == FlowDocument.FlowInput
            ? run.Input
            : steps.FirstOrDefault(step => step.Alias == from && step.Output is not null)?.Output
                ?? [];

    private static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    private static FileContentHttpResult Write(Action<Utf8JsonWriter> write)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(body, Relaxed))
            write(json);
        return TypedResults.Bytes(body.WrittenMemory, "application/json");
    }
}
