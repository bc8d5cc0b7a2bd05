using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sluice.Language.Protos;
using Sluice.Server.Flows.Graphs;

namespace Sluice.Server.Flows.Runs;

/// <summary>What a call that started a run is answered: how it ended, or where to ask.</summary>
internal static class RunAnswer
{
    private static readonly JsonWriterOptions Relaxed = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static async Task<IResult> Finished(
        HttpContext context,
        Run run,
        LoadedGraph graph,
        RunEnd end
    )
    {
        var error = RunError.Read(end.Error);
        if (error is { Code: RunError.DeadlineCode })
            return RunRefusals.Deadline with { ExecutionId = run.Id };
        var body = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(body, Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("execution_id", run.Id);
            json.WriteString("graph_id", run.GraphId);
            json.WriteString("status", end.Status);
            if (end.Status == RunStatus.Succeeded)
            {
                json.WritePropertyName("output");
                ProtoJson.Write(graph.Plan.Output, end.Output ?? [], json);
            }
            json.WriteNumber("duration_ms", end.EndedAt - run.CreatedAt);
            if (error is not null)
            {
                json.WritePropertyName("error");
                JsonSerializer.Serialize(
                    json,
                    error with
                    {
                        ExecutionId = run.Id,
                    },
                    RunJson.Default.RunError
                );
            }
            json.WriteEndObject();
        }
        return await Send(context, StatusCodes.Status200OK, body);
    }

    public static async Task<IResult> Accepted(HttpContext context, Run run, string status)
    {
        var body = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(body, Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("execution_id", run.Id);
            json.WriteString("graph_id", run.GraphId);
            json.WriteString("status", status);
            json.WriteStartObject("links");
            json.WriteString("self", $"/api/v1/runs/{run.Id}");
            json.WriteString("cancel", $"/api/v1/runs/{run.Id}/cancel");
            json.WriteString("events", $"/api/v1/runs/{run.Id}/events");
            json.WriteEndObject();
            json.WriteEndObject();
        }
        context.Response.Headers.Location = $"/api/v1/runs/{run.Id}";
        return await Send(context, StatusCodes.Status202Accepted, body);
    }

    private static async Task<IResult> Send(
        HttpContext context,
        int status,
        ArrayBufferWriter<byte> body
    )
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.WrittenCount;
        await context.Response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted);
        return TypedResults.Empty;
    }
}
