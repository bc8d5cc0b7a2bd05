using Sluice.Server.Flows.Configs;
using Sluice.Server.Flows.Graphs;
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
        services.AddSingleton<StepRunner>();
        services.AddSingleton<SubflowRunner>();
        services.AddSingleton<RunRecorder>();
        services.AddSingleton<RunStarter>();
        services.AddSingleton<ServerPresence>();
        services.AddSingleton<RunLoop>();
        services.AddSingleton<OldestPin>(provider =>
        {
            var database = provider.GetRequiredService<Database>();
            return (tenant, environment, stop) =>
                database.Read(session => RunStore.OldestPin(session, tenant, environment), stop);
        });
        services.AddSingleton<InvokeFlow>();
        services.AddHostedService<RunRecovery>();
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
                RunRefusals.Deadline
            );
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
            .Does("Cancel a run")
            .Gives(RunShapes.Default.RunShown)
            .Refuses(RunRefusals.NotFound, RunRefusals.Ended);
    }
}
