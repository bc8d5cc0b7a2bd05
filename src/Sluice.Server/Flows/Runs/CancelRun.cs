using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Runs;

/// <summary>Cancels a run: durable first, then its nodes are told, and killed after their grace.</summary>
internal static partial class CancelRun
{
    public static async Task<IResult> Handle(
        string id,
        Caller caller,
        Database database,
        Graphs.GraphCache graphs,
        RunLoop loop,
        ILogger<Run> log,
        CancellationToken stop
    )
    {
        var found = await ReadRuns.Find(id, caller, database, stop);
        if (found.Refused)
            return found.Refusal;
        if (!await loop.Cancel(caller.TenantId, id, stop))
            return RunRefusals.Ended;
        LogCancelled(log, id, caller.TenantId);
        if (loop.Find(caller.TenantId, id) is { } active)
            await active.Ended.WaitAsync(stop);
        return await ReadRuns.One(id, caller, database, graphs, loop, stop);
    }

    [LoggerMessage(
        1304,
        LogLevel.Information,
        "Cancel of run {RunId} asked for in tenant {TenantId}"
    )]
    private static partial void LogCancelled(ILogger log, string runId, string tenantId);
}
