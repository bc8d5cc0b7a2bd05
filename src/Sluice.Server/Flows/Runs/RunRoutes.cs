using Sluice.Server.Flows.Configs;
using Sluice.Server.Flows.Graphs;
using Sluice.Server.Flows.Packages;
using Sluice.Server.Secrets;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Runs;

internal static class RunRoutes
{
    public static IServiceCollection AddRuns(
        this IServiceCollection services,
        IConfiguration configuration
    )
    {
        services.AddOptions<RunOptions>().Bind(configuration.GetSection("Runs"));
        services.AddSingleton<GraphCache>();
        services.AddSingleton<NodeMetrics>();
        services.AddSingleton<StepRunner>();
        services.AddSingleton<SubflowRunner>();
        services.AddSingleton<StreamDesk>();
        services.AddSingleton<StreamRunner>();
        services.AddSingleton<StreamFlow>();
        services.AddSingleton<NodeGraphs>();
        services.AddSingleton<InvokeNode>();
        services.AddSingleton<RunRecorder>();
        services.AddSingleton<ConfigChoices>();
        services.AddSingleton<RunStarter>();
        services.AddSingleton<RunFeed>();
        services.AddSingleton<RunEvents>();
        services.AddSingleton<PauseRun>();
        services.AddSingleton<ReplayRun>();
        services.AddSingleton<DeadLetters>();
        services
            .AddOptions<PresenceOptions>()
            .Bind(configuration.GetSection("Presence"))
            .Validate(
                presence =>
                    presence is { GraceMs: > 0, RenewMs: > 0 }
                    && presence.RenewMs < presence.StopMs
                    && presence.StopMs < presence.LeaseMs,
                "Presence: 0 < RenewMs < StopMs < LeaseMs and 0 < GraceMs are needed."
            );
        services.AddSingleton<Succession>();
        services.AddSingleton(new PresenceClock(TimeProvider.System));
        services.AddSingleton<ServerPresence>();
        services.AddSingleton<RunLoop>();
        services.AddSingleton<RunPayloads>();
        services.AddSingleton<SealsPayloads>(provider =>
            provider.GetRequiredService<RunPayloads>().AreSealedWith
        );
        services.AddSingleton<OldestPin>(provider =>
        {
            var database = provider.GetRequiredService<Database>();
            return (tenant, environment, stop) =>
                database.Read(session => RunStore.OldestPin(session, tenant, environment), stop);
        });
        services.AddSingleton<InvokeFlow>();
        services.AddSingleton<RunSlots>();
        services.AddSingleton<RunQueue>();
        services.AddHostedService<RunRecovery>();
        services.AddHostedService(provider => provider.GetRequiredService<RunQueue>());
        return services;
    }

    public static void MapRuns(this IEndpointRouteBuilder app)
    {
        app.MapPost("/invocations/v1/flows/invoke", InvokeFlow.Handle)
            .WithName("invokeFlow")
            .Does("Run a flow: the answer is the run's output, or where to ask for it")
            .Takes(RunShapes.Default.Invocation)
            .Header(
                "Idempotency-Key",
                "At most 255 characters; the same key and body within a day answer with the same run."
            )
            .Gives(
                RunShapes.Default.InvocationAnswer,
                200,
                "The run has ended, `succeeded` or `failed`"
            )
            .Gives(RunShapes.Default.InvocationAccepted, 202, "The run goes on")
            .Refuses(
                FlowRefusals.NotFound,
                FlowRefusals.GraphNotFound,
                FlowRefusals.NotCompiled,
                ConfigRefusals.NotFound,
                RunRefusals.IdempotencyConflict,
                RunRefusals.StreamOnly,
                RunRefusals.TooManyAtOnce,
                RunRefusals.Deadline
            );
        app.MapPost("/invocations/v1/flows/invoke/stream", StreamFlow.Handle)
            .WithName("streamFlow")
            .Does("Run a flow over streams: its frames as they come; who leaves cancels the run")
            .Takes(RunShapes.Default.Invocation)
            .GivesText(
                "text/event-stream",
                "Events `frame` (a message of the output), `error` (why the run did not succeed) and, last, `done` (how it ended, with the number of frames); the data is a JSON object. `X-Execution-Id` has the run's id"
            )
            .Refuses(
                FlowRefusals.NotFound,
                FlowRefusals.GraphNotFound,
                FlowRefusals.NotCompiled,
                ConfigRefusals.NotFound,
                RunRefusals.NotAStream,
                RunRefusals.TooManyAtOnce
            );
        app.MapSingleNodes();
        app.MapGet("/api/v1/runs", ReadRuns.List)
            .WithName("listRuns")
            .Does("List runs, newest first")
            .Query("flow", "Only those of this flow, `handle/name`.")
            .Query("status", "Only those in this state.")
            .Query(
                "parent",
                "The runs of this run's subflows; without it, runs of subflows are left out."
            )
            .Pages()
            .Gives(RunShapes.Default.RunPage);
        app.MapGet("/api/v1/runs/queue", ReadQueue.Handle)
            .WithName("getQueue")
            .Does("Show how many runs wait for their turn, by flow, and for how long")
            .Gives(ReadQueueJson.Default.Response);
        app.MapGet("/api/v1/runs/{id}", ReadRuns.One)
            .WithName("getRun")
            .Does("Show a run with its steps")
            .Gives(RunShapes.Default.RunShown)
            .Refuses(RunRefusals.NotFound);
        app.MapGet("/api/v1/runs/{id}/logs", ReadRuns.Logs)
            .WithName("getRunLogs")
            .Does("Show the log lines of a run")
            .Gives(RunShapes.Default.RunLog)
            .Refuses(RunRefusals.NotFound);
        app.MapPost("/api/v1/runs/{id}/cancel", CancelRun.Handle)
            .WithName("cancelRun")
            .Does("Cancel a run; the answer waits for its end, 10 seconds at most")
            .Gives(RunShapes.Default.RunShown)
            .Refuses(RunRefusals.NotFound, RunRefusals.Ended);
        app.MapGet("/api/v1/runs/{id}/events", RunEvents.Handle)
            .WithName("followRun")
            .Does("Follow what happens in a run, to its end")
            .Header(
                "Last-Event-ID",
                "The id of the last event that was seen; those after it follow."
            )
            .GivesText(
                "text/event-stream",
                "Events `run.created`, `step.started`, `step.progress`, `step.succeeded`, `step.failed`, `step.retrying`, `step.cancelled`, `run.paused`, `run.resumed`, `run.compensating` and `run.ended`; the data is a JSON object"
            )
            .Refuses(RunRefusals.NotFound);
        app.MapRunChanges();
        app.MapDeadLetters();
    }

    private static void MapSingleNodes(this IEndpointRouteBuilder app)
    {
        const string path = "/invocations/v1/nodes/{owner}/{package}/{version}/{node}";
        app.MapPost(path, InvokeNode.Handle)
            .WithName("invokeNode")
            .Does("Call a single node; the body is its input message, the call is a run on record")
            .Query(
                "timeout_ms",
                "The run's deadline, and the node's time; the node has 30 s unless said."
            )
            .Query("config_id", "The config to use.")
            .Header(
                "Idempotency-Key",
                "At most 255 characters; the same key, node and body within a day answer with the same run."
            )
            .Gives(
                RunShapes.Default.InvocationAnswer,
                200,
                "The run has ended, `succeeded` or `failed`"
            )
            .Gives(RunShapes.Default.InvocationAccepted, 202, "The run goes on")
            .Refuses(
                PackageRefusals.NotFound,
                PackageRefusals.NodeNotFound,
                ConfigRefusals.NotFound,
                RunRefusals.IdempotencyConflict,
                RunRefusals.StreamOnly,
                RunRefusals.NotAStream,
                RunRefusals.TooManyAtOnce,
                RunRefusals.Deadline
            );
        app.MapPost(path + "/stream", InvokeNode.Stream)
            .WithName("streamNode")
            .Does(
                "Call a single pipeline node: its frames as they come; who leaves cancels the run"
            )
            .Query("timeout_ms", "The run's deadline; the node may be silent for 30 s unless said.")
            .Query("config_id", "The config to use.")
            .GivesText(
                "text/event-stream",
                "Events `frame`, `error` and, last, `done`, as those of a flow over streams"
            )
            .Refuses(
                PackageRefusals.NotFound,
                PackageRefusals.NodeNotFound,
                ConfigRefusals.NotFound,
                RunRefusals.NotAStream,
                RunRefusals.TooManyAtOnce
            );
    }

    private static void MapRunChanges(this IEndpointRouteBuilder app)
    {
        app.MapPost("/api/v1/runs/{id}/pause", PauseRun.Pause)
            .WithName("pauseRun")
            .Does("Pause a run before its next step; steps under way end first")
            .Gives(RunShapes.Default.RunShown)
            .Refuses(
                RunRefusals.NotFound,
                RunRefusals.Ended,
                RunRefusals.NotPausable,
                RunRefusals.StreamOnly
            );
        app.MapPost("/api/v1/runs/{id}/resume", PauseRun.Resume)
            .WithName("resumeRun")
            .Does("Let a paused run go on")
            .Gives(RunShapes.Default.RunShown)
            .Refuses(RunRefusals.NotFound, RunRefusals.Ended, RunRefusals.NotPaused);
        app.MapPost("/api/v1/runs/{id}/step", PauseRun.Step)
            .WithName("stepRun")
            .Does("Let a paused run make one call, and pause again")
            .Gives(RunShapes.Default.RunShown)
            .Refuses(RunRefusals.NotFound, RunRefusals.Ended, RunRefusals.NotPaused);
        app.MapPut("/api/v1/runs/{id}/breakpoints", PauseRun.SetBreakpoints)
            .WithName("setBreakpoints")
            .Does("Say before which placements a run pauses")
            .Takes(RunBodies.Default.BreakpointsRequest)
            .Gives(RunShapes.Default.RunShown)
            .Refuses(RunRefusals.NotFound, RunRefusals.Ended, RunRefusals.StreamOnly);
        app.MapPost("/api/v1/runs/{id}/replay", ReplayRun.Handle)
            .WithName("replayRun")
            .Does(
                "Run it again as a new run: whole, from a placement, or from a line of its journal"
            )
            .Takes(RunBodies.Default.ReplayRequest)
            .Gives(RunShapes.Default.InvocationAnswer, 200, "The new run has ended")
            .Gives(RunShapes.Default.InvocationAccepted, 202, "The new run goes on")
            .Refuses(
                RunRefusals.NotFound,
                ConfigRefusals.NotFound,
                RunRefusals.StreamOnly,
                RunRefusals.TooManyAtOnce,
                RunRefusals.Deadline
            );
    }

    private static void MapDeadLetters(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/dead-letters", DeadLetters.List)
            .WithName("listDeadLetters")
            .Does("List runs that failed and that nobody has taken care of, newest first")
            .Query("flow", "Only those of this flow, `handle/name`.")
            .Pages()
            .Gives(RunShapes.Default.RunPage);
        app.MapPost("/api/v1/dead-letters/{id}/retry", DeadLetters.Retry)
            .WithName("retryDeadLetter")
            .Does("Run it again as a new run, from the step that failed")
            .Gives(RunShapes.Default.InvocationAccepted, 202, "The new run goes on")
            .Refuses(RunRefusals.NoDeadLetter, RunRefusals.StreamOnly);
        app.MapDelete("/api/v1/dead-letters/{id}", DeadLetters.Dismiss)
            .WithName("dismissDeadLetter")
            .Does("Take it off the list; the run stays on record")
            .GivesNothing()
            .Refuses(RunRefusals.NoDeadLetter);
    }
}
