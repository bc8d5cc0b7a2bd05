using Microsoft.Extensions.Options;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Tenants;

namespace Sluice.Server.Operations.Organizations;

/// <summary>
/// Removes deleted organisations whose waiting time is over: every row of theirs in every table that has a <c>tenant_id</c>, found in the
/// schema, so that no table is forgotten. In small batches; it can be stopped anywhere and goes on. Servers that still hold a refusal or a count
/// for it write nothing once it is gone.
/// </summary>
internal sealed partial class OrganizationEraser(
    Database database,
    TimeProvider clock,
    IOptions<OrganizationOptions> options,
    ILogger<OrganizationEraser> log
) : BackgroundService
{
    private const long Batch = 500;
    private const string LedgerHeads = "ledger_heads";

    /// <summary>Removes those whose time has come; returns how many.</summary>
    public async Task<int> Round(CancellationToken stop)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var due = await database.Read(session => TenantStore.ToDelete(session, now), stop);
        foreach (var tenant in due)
        {
            await Erase(tenant, stop);
            LogErased(log, tenant.Handle, tenant.Id);
        }
        return due.Count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(options.Value.LookEvery, clock, stoppingToken);
            try
            {
                await Round(stoppingToken);
            }
            catch (StoreUnavailableException error)
            {
                LogLater(log, error);
            }
        }
    }

    private async Task Erase(Tenant tenant, CancellationToken stop)
    {
        var tables = await database.Read(TenantTables.InOrder, stop);
        foreach (var table in tables)
        {
            while (
                await database.Write(
                    session => TenantTables.Remove(session, table, tenant.Id, Batch),
                    stop
                ) == Batch
            )
                stop.ThrowIfCancellationRequested();
        }
        await database.Write(
            async session =>
            {
                if (!await TenantStore.HoldToRemove(session, tenant.Id))
                    return;
                // What was written meanwhile goes in the same breath; whoever adds to the ledger holds its head, and is waited for first.
                foreach (var table in tables.Prepend(LedgerHeads))
                    await TenantTables.Remove(session, table, tenant.Id);
                if (!await TenantStore.Remove(session, tenant.Id))
                    return;
                await Audit.Record(
                    session,
                    Origin.OfServer(clock),
                    new Fact("tenant.remove", "tenant", tenant.Id) { ["handle"] = tenant.Handle }
                );
            },
            stop
        );
    }

    [LoggerMessage(1212, LogLevel.Information, "Organisation {OrgId} ({TenantId}) was removed")]
    private static partial void LogErased(ILogger log, string orgId, string tenantId);

    [LoggerMessage(
        1213,
        LogLevel.Warning,
        "Deleted organisations could not be removed; it is tried again when the next time comes"
    )]
    private static partial void LogLater(ILogger log, Exception error);
}
