using Sluice.Server.Flows.Graphs;
using Sluice.Server.Secrets;
using Sluice.Server.Store;

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
        app.MapPost("/invocations/v1/flows/invoke", InvokeFlow.Handle).WithName("invokeFlow");
        app.MapGet("/api/v1/runs", ReadRuns.List).WithName("listRuns");
        app.MapGet("/api/v1/runs/{id}", ReadRuns.One).WithName("getRun");
        app.MapGet("/api/v1/runs/{id}/logs", ReadRuns.Logs).WithName("getRunLogs");
        app.MapPost("/api/v1/runs/{id}/cancel", CancelRun.Handle).WithName("cancelRun");
    }
}
