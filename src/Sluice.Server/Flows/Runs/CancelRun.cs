using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Runs;

/// <summary>Cancels a run: durable first, then its nodes are told, and killed after their grace.</summary>
internal static partial class CancelRun
{
    /// <summary>How long a call waits for the run's end.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    public static async Task<IResult> Handle(
        string id,
        Caller caller,
        Database database,
        Graphs.GraphCache graphs,
        RunLoop loop,
        TimeProvider clock,
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
        try
        {
            if (loop.Find(caller.TenantId, id) is { } active)
                await active.Ended.WaitAsync(Longest, clock, stop);
        }
        catch (TimeoutException)
        {
            // It goes on: to undo what was done takes as long as it takes.
        }
        return await ReadRuns.One(id, caller, database, graphs, loop, stop);
    }

    [LoggerMessage(
        1304,
        LogLevel.Information,
        "Cancel of run {RunId} asked for in tenant {TenantId}"
    )]
    private static partial void LogCancelled(ILogger log, string runId, string tenantId);
}
