using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Sluice.Language;
using Sluice.Language.Protos;
using Sluice.Server.Flows.Graphs;
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
    RunStarter starter,
    RunLoop loop,
    TimeProvider clock,
    IOptions<RunOptions> options
)
{
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
        if (graph.Flow.IsPipeline)
            return RunRefusals.StreamOnly;

        // 3
        var input = ProtoJson.Parse(graph.Plan.Input, request.Input.Span);
        if (input.Value is null)
            return CommonRefusals.InvalidInput.With(input.Mistakes);

        var unknown = PauseRun
            .Mistakes(request.Debug?.Breakpoints, graph, "debug.breakpoints")
            .ToList();
        if (unknown.Count > 0)
            return CommonRefusals.InvalidInput.With(unknown);
        var idempotencyKey = context.Request.Headers["Idempotency-Key"].ToString();
        if (idempotencyKey.Length > 255)
            return CommonRefusals.InvalidInput.With([
                new Mistake(
                    "idempotency_key",
                    "an Idempotency-Key has at most 255 characters",
                    Where: "Idempotency-Key"
                ),
            ]);

        // 4, 5
        var started = await starter.Start(
            caller,
            new NewRun
            {
                Graph = graph,
                Input = input.Value,
                ConfigId = request.ConfigId,
                TimeoutMs = request.TimeoutMs,
                Wait = request.Wait,
                Priority = request.Priority,
                Debug = request.Debug,
            },
            context.TraceIdentifier,
            idempotencyKey.Length > 0 ? (idempotencyKey, SHA256.HashData(body.Span)) : null,
            context.RequestAborted
        );
        if (started.Refused)
            return started.Refusal;

        // 6
        return await Answer(context, request.Wait, graph, started.Value);
    }

    /// <summary>The graph that a call names, by its id or as the newest of a flow.</summary>
    public async Task<Outcome<LoadedGraph>> FindGraph(
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

    /// <summary>Answers when the run has ended or paused, or the limit for waiting has passed; at once when nobody waits.</summary>
    public async Task<IResult> Answer(HttpContext context, bool wait, LoadedGraph graph, Run run)
    {
        if (run.EndedAt is { } ended)
            return await RunAnswer.Finished(
                context,
                run,
                graph,
                new RunEnd(run.Status, run.Output, run.Error, ended)
            );
        if (!wait || run.Status == RunStatus.Paused)
            return await RunAnswer.Accepted(context, run, run.Status);
        try
        {
            var end = await loop.Ended(
                    run.TenantId,
                    run.Id,
                    untilPaused: true,
                    context.RequestAborted
                )
                .WaitAsync(
                    TimeSpan.FromSeconds(options.Value.WaitLimitSeconds),
                    clock,
                    context.RequestAborted
                );
            return RunStatus.IsEnd(end.Status)
                ? await RunAnswer.Finished(context, run, graph, end)
                : await RunAnswer.Accepted(context, run, end.Status);
        }
        catch (TimeoutException)
        {
            return await RunAnswer.Accepted(context, run, run.Status);
        }
    }
}
