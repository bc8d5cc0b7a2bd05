using System.Buffers;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Sluice.Language;
using Sluice.Language.Protos;
using Sluice.Seal;
using Sluice.Server.Flows.Configs;
using Sluice.Server.Flows.Graphs;
using Sluice.Server.Secrets;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Runs;

/// <summary>
/// The main job: <c>POST /invocations/v1/flows/invoke</c>. In order:
/// 1 read the body, 2 find the graph, 3 read the input by its message, 4 resolve config and pin secrets, and make the
/// run durable, 5 carry it, 6 answer.
/// NOTE: the caller's leaving is deliberately not tied to the run: only a cancel or a deadline stops one.
/// </summary>
internal sealed class InvokeFlow(
    Database database,
    GraphCache graphs,
    RunLoop loop,
    ServerPresence presence,
    UlidSource ids,
    TimeProvider clock,
    IOptions<RunOptions> options
)
{
    private const long DayMs = 86_400_000;

    private static readonly JsonWriterOptions Relaxed = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Task<IResult> Handle(HttpContext context, Caller caller, InvokeFlow act) =>
        act.Invoke(context, caller);

    private async Task<IResult> Invoke(HttpContext context, Caller caller)
    {
        // 1
        var (body, tooLarge) = await Body.ReadAll(context, options.Value.LargestInput);
        if (tooLarge is not null)
            return tooLarge;
        var parsed = InvokeRequest.Parse(body);
        if (parsed.Refused)
            return parsed.Refusal;
        var request = parsed.Value;

        // 2
        var found = await FindGraph(request, caller, context.RequestAborted);
        if (found.Refused)
            return found.Refusal;
        var graph = found.Value;

        // 3
        var input = ProtoJson.Parse(graph.Plan.Input, request.Input.Span);
        if (input.Value is null)
            return CommonRefusals.InvalidInput.With(input.Mistakes);

        // 4
        var started = await Start(context, caller, request, graph, input.Value, body);
        if (started.Refused)
            return started.Refusal;

        // 5, 6
        return await Answer(context, caller, request.Wait, graph, started.Value);
    }

    private async Task<Outcome<LoadedGraph>> FindGraph(
        InvokeRequest request,
        Caller caller,
        CancellationToken stop
    )
    {
        var id = request.GraphId;
        if (request.Flow is { } flow)
        {
            var (latest, saved, elsewhere) = await database.Read(
                session => Latest(session, caller, flow),
                stop
            );
            if (latest is null)
            {
                return elsewhere ? CommonRefusals.EnvironmentMismatch
                    : saved ? FlowRefusals.NotCompiled
                    : FlowRefusals.NotFound;
            }
            id = latest;
        }
        if (await graphs.Find(caller.TenantId, id!, stop) is not { } graph)
            return FlowRefusals.GraphNotFound;
        if (graph.Row.Environment != caller.Environment)
            return CommonRefusals.EnvironmentMismatch;
        return graph;
    }

    private static async Task<(string? Id, bool Saved, bool Elsewhere)> Latest(
        Session session,
        Caller caller,
        string flow
    )
    {
        if (await GraphStore.LatestOf(session, caller.TenantId, caller.Environment, flow) is { } id)
            return (id, true, false);
        if (await FlowStore.Find(session, caller.TenantId, caller.Environment, flow) is not null)
            return (null, true, false);
        return (
            null,
            false,
            await FlowStore.ElsewhereIn(session, caller.TenantId, caller.Environment, flow)
                is not null
        );
    }

    private sealed record Started(Run Run, ActiveRun? Active);

    private async Task<Outcome<Started>> Start(
        HttpContext context,
        Caller caller,
        InvokeRequest request,
        LoadedGraph graph,
        byte[] input,
        ReadOnlyMemory<byte> body
    )
    {
        var idempotencyKey = context.Request.Headers["Idempotency-Key"].ToString();
        if (idempotencyKey.Length > 255)
            return CommonRefusals.InvalidInput.With([
                new Mistake(
                    "idempotency_key",
                    "an Idempotency-Key has at most 255 characters",
                    Where: "Idempotency-Key"
                ),
            ]);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var id = ids.NextText();
        var requestId = context.TraceIdentifier;
        var written = await database.Write<Outcome<Started>>(
            async session =>
            {
                var call = new IdempotentCall
                {
                    BodyHash = idempotencyKey.Length > 0 ? SHA256.HashData(body.Span) : [],
                    RunId = id,
                    CreatedAt = now,
                };
                if (idempotencyKey.Length > 0)
                {
                    var earlier = await RunStore.FindCall(
                        session,
                        caller.TenantId,
                        caller.Environment,
                        idempotencyKey
                    );
                    if (earlier is not null && now - earlier.CreatedAt < DayMs)
                        return await Repeat(session, caller, earlier, call.BodyHash);
                    await RunStore.SaveCall(
                        session,
                        caller.TenantId,
                        caller.Environment,
                        idempotencyKey,
                        call
                    );
                }
                if (
                    await ConfigStore.Choose(
                        session,
                        caller.TenantId,
                        caller.Environment,
                        graph.Row.Flow,
                        request.ConfigId
                    )
                    is not { } config
                )
                    return ConfigRefusals.NotFound;
                var pin = await PinnedSecrets.Pin(
                    session,
                    caller.TenantId,
                    caller.Environment,
                    config.ConfigId
                );
                var run = new Run
                {
                    TenantId = caller.TenantId,
                    Id = id,
                    Environment = caller.Environment,
                    Flow = graph.Row.Flow,
                    GraphId = graph.Row.Id,
                    Status = RunStatus.Running,
                    KeyId = caller.KeyId,
                    ConfigId = config.ConfigId,
                    NodeTimeoutSeconds = config.NodeTimeoutSeconds,
                    Params = config.Params,
                    SecretsVersion = pin.At,
                    Input = input,
                    RequestId = requestId,
                    CreatedAt = now,
                    DeadlineAt = now + request.TimeoutMs,
                };
                await RunStore.Insert(session, run, presence.Name);
                return new Started(run, null);
            },
            context.RequestAborted
        );
        if (written.Refused || written.Value.Run.Id != id)
            return written;
        return written.Value with { Active = loop.Carry(written.Value.Run, graph, []) };
    }

    private static async Task<Outcome<Started>> Repeat(
        Session session,
        Caller caller,
        IdempotentCall earlier,
        byte[] bodyHash
    )
    {
        if (!bodyHash.AsSpan().SequenceEqual(earlier.BodyHash))
            return RunRefusals.IdempotencyConflict;
        return await RunStore.Find(session, caller.TenantId, earlier.RunId) is { } run
            ? new Started(run, null)
            : RunRefusals.NotFound;
    }

    private async Task<IResult> Answer(
        HttpContext context,
        Caller caller,
        bool wait,
        LoadedGraph graph,
        Started started
    )
    {
        var run = started.Run;
        var active = started.Active ?? loop.Find(caller.TenantId, run.Id);
        if (!wait && !RunStatus.IsEnd(run.Status))
            return await Accepted(context, run);
        if (active is null)
            return RunStatus.IsEnd(run.Status)
                ? await Finished(
                    context,
                    run,
                    graph,
                    new RunEnd(run.Status, run.Output, run.Error, run.EndedAt ?? run.CreatedAt)
                )
                : await Accepted(context, run);
        try
        {
            var end = await active.Ended.WaitAsync(
                TimeSpan.FromSeconds(options.Value.WaitLimitSeconds),
                clock,
                context.RequestAborted
            );
            return await Finished(context, run, graph, end);
        }
        catch (TimeoutException)
        {
            return await Accepted(context, run);
        }
    }

    private static async Task<IResult> Finished(
        HttpContext context,
        Run run,
        LoadedGraph graph,
        RunEnd end
    )
    {
        var error = end.Error is null
            ? null
            : JsonSerializer.Deserialize(end.Error, RunJson.Default.RunError);
        if (error is { Code: "run_deadline" })
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
                ProtoJson.Write(graph.Plan.Output, end.Output.Span, json);
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

    private static async Task<IResult> Accepted(HttpContext context, Run run)
    {
        var body = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(body, Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("execution_id", run.Id);
            json.WriteString("graph_id", run.GraphId);
            json.WriteString("status", run.Status);
            json.WriteStartObject("links");
            json.WriteString("self", $"/api/v1/runs/{run.Id}");
            json.WriteString("cancel", $"/api/v1/runs/{run.Id}/cancel");
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
