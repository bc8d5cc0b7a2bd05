using Sluice.Server.Flows.Graphs;
using Sluice.Server.Store;

namespace Sluice.Server.Flows.Runs;

/// <summary>The server's name on the runs that it carries.</summary>
internal static class RunServer
{
    /// <summary>One server carries all runs of an embedded store.</summary>
    public const string Name = "local";
}

/// <summary>At start, takes up every run that was left unfinished, from its next step.</summary>
internal sealed partial class RunRecovery(
    Database database,
    GraphCache graphs,
    RunLoop loop,
    ILogger<RunRecovery> log
) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var runs = await database.Read(
            session => RunStore.Unfinished(session, RunServer.Name),
            cancellationToken
        );
        foreach (var run in runs)
        {
            if (await graphs.Find(run.TenantId, run.GraphId, cancellationToken) is not { } graph)
                continue;
            var steps = await database.Read(
                session => RunStore.Steps(session, run.TenantId, run.Id),
                cancellationToken
            );
            loop.Carry(run, graph, steps);
        }
        if (runs.Count > 0)
            LogTaken(log, runs.Count);
    }

    public Task StopAsync(CancellationToken cancellationToken) => loop.Close();

    [LoggerMessage(1305, LogLevel.Information, "{Count} unfinished runs taken up")]
    private static partial void LogTaken(ILogger log, int count);
}
