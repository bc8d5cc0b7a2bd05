using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Memory;

/// <summary>Deletes what flows remember, when somebody asks for it.</summary>
internal static partial class RemoveMemory
{
    /// <summary>Also of a flow that has been deleted meanwhile, as long as it remembers something.</summary>
    public static async Task<IResult> OfFlow(
        string owner,
        string name,
        Caller caller,
        Origin origin,
        Database database,
        ILogger<NodeMemory> log,
        CancellationToken stop
    )
    {
        var scope = new MemoryScope(caller.TenantId, caller.Environment, $"{owner}/{name}");
        var refusal = await database.Write(
            async session =>
            {
                if (
                    await MemoryRemoval.Flow(session, scope) == 0
                    && await FlowStore.Find(
                        session,
                        caller.TenantId,
                        caller.Environment,
                        scope.Flow
                    )
                        is null
                )
                    return await ReadFlows.WhyMissing(session, caller, scope.Flow);
                await Audit.Record(session, origin, new Fact("memory.clear", "flow", scope.Flow));
                return null;
            },
            stop
        );
        if (refusal is null)
            LogForgotten(log, scope.TenantId, scope.Flow);
        return refusal ?? (IResult)TypedResults.NoContent();
    }

    public static async Task<IResult> OfSession(
        string id,
        Caller caller,
        Origin origin,
        Database database,
        CancellationToken stop
    )
    {
        var refusal = await database.Write(
            async session =>
            {
                var found = await ListMemory.Find(session, caller, id);
                if (found.Refused)
                    return found.Refusal;
                await MemoryRemoval.Session(session, caller.TenantId, found.Value);
                await Audit.Record(
                    session,
                    origin,
                    new Fact("memory.delete", "memory_session", id) { ["flow"] = found.Value.Flow }
                );
                return null;
            },
            stop
        );
        return refusal ?? (IResult)TypedResults.NoContent();
    }

    public static async Task<IResult> OfEntry(
        string id,
        Caller caller,
        Origin origin,
        Database database,
        CancellationToken stop
    )
    {
        var refusal = await database.Write(
            async session =>
            {
                if (await EntryStore.Find(session, caller.TenantId, id) is not { } row)
                    return MemoryRefusals.EntryNotFound;
                if (row.Environment != caller.Environment)
                    return CommonRefusals.EnvironmentMismatch;
                await MemoryRemoval.Entry(session, caller.TenantId, row);
                await Audit.Record(
                    session,
                    origin,
                    new Fact("memory.delete", "memory_entry", id) { ["flow"] = row.Flow }
                );
                return null;
            },
            stop
        );
        return refusal ?? (IResult)TypedResults.NoContent();
    }

    [LoggerMessage(
        1350,
        LogLevel.Information,
        "All that the flow {Flow} of tenant {TenantId} remembered was deleted"
    )]
    private static partial void LogForgotten(ILogger log, string tenantId, string flow);
}
