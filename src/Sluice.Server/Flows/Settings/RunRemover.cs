using Microsoft.Extensions.Options;
using Sluice.Server.Flows.Memory;
using Sluice.Server.Store;

namespace Sluice.Server.Flows.Settings;

/// <summary>
/// Removes runs whose time is over, with their journals, payloads and subflows, and what flows remember: a few at a time,
/// so that whoever else writes hardly waits. Several servers may do so at once.
/// </summary>
internal sealed partial class RunRemover(
    Database database,
    IOptions<RetentionOptions> options,
    TimeProvider clock,
    ILogger<RunRemover> log
) : BackgroundService
{
    private const int Batch = 100;

    /// <summary>A session may have many turns.</summary>
    private const int MemoryBatch = 4;

    private static readonly TimeSpan KeysStandFor = TimeSpan.FromDays(1);

    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(1);

    /// <summary>Between two batches, for others.</summary>
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(20);

    /// <summary>Removes all that can go now; answers how many runs.</summary>
    public async Task<int> Round(CancellationToken stop)
    {
        var removed = 0;
        var after = "";
        while (
            await database.Read(s => RetentionStore.Tenants(s, after, Batch), stop)
                is { Count: > 0 } tenants
        )
        {
            foreach (var tenant in tenants)
                removed += await Remove(tenant, stop);
            after = tenants[^1];
        }
        var keys = (clock.GetUtcNow() - KeysStandFor).ToUnixTimeMilliseconds();
        while (await database.Write(s => RetentionStore.RemoveKeys(s, keys, Batch), stop) == Batch)
            await Task.Delay(Breath, TimeProvider.System, stop);
        if (removed > 0)
            LogRemoved(log, removed);
        return removed;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var pause = options.Value.Every;
            try
            {
                await Round(stoppingToken);
            }
            catch (StoreUnavailableException)
            {
                pause = AfterFailure;
            }
            await Task.Delay(pause, clock, stoppingToken);
        }
    }

    private async Task<int> Remove(string tenant, CancellationToken stop)
    {
        var settings = await database.Read(s => TenantSettings.Read(s, tenant), stop);
        var own = settings.DeadLetterDays ?? [];
        string[] flows = [.. own.Keys];
        var before = Before(settings.RetentionDays ?? options.Value.Days);
        var removed = await RemoveAll(
            tenant,
            session => RetentionStore.Over(session, tenant, before, flows, Batch),
            stop
        );
        foreach (var (flow, days) in own)
            removed += await RemoveAll(
                tenant,
                session => RetentionStore.DeadLetters(session, tenant, flow, Before(days), Batch),
                stop
            );
        await RemoveMemory(tenant, Before(settings.MemoryDays ?? options.Value.MemoryDays), stop);
        return removed;
    }

    private async Task RemoveMemory(string tenant, long before, CancellationToken stop)
    {
        while (
            await database.Read(
                s => MemoryRemoval.SessionsBefore(s, tenant, before, MemoryBatch),
                stop
            )
                is { Count: > 0 } sessions
        )
        {
            await database.Write(
                async s =>
                {
                    foreach (var row in sessions)
                        await MemoryRemoval.Session(s, tenant, row);
                },
                stop
            );
            await Task.Delay(Breath, TimeProvider.System, stop);
        }
        while (
            await database.Read(s => MemoryRemoval.EntriesBefore(s, tenant, before, Batch), stop)
                is { Count: > 0 } entries
        )
        {
            await database.Write(
                async s =>
                {
                    foreach (var row in entries)
                        await MemoryRemoval.Entry(s, tenant, row);
                },
                stop
            );
            await Task.Delay(Breath, TimeProvider.System, stop);
        }
    }

    private async Task<int> RemoveAll(
        string tenant,
        Func<Session, Task<IReadOnlyList<string>>> over,
        CancellationToken stop
    )
    {
        var removed = 0;
        while (await database.Read(over, stop) is { Count: > 0 } runs)
        {
            await database.Write(s => RetentionStore.Remove(s, tenant, runs), stop);
            removed += runs.Count;
            await Task.Delay(Breath, TimeProvider.System, stop);
        }
        return removed;
    }

    private long Before(int days) =>
        (clock.GetUtcNow() - TimeSpan.FromDays(days)).ToUnixTimeMilliseconds();

    [LoggerMessage(1341, LogLevel.Information, "{Count} runs were removed: their time was over")]
    private static partial void LogRemoved(ILogger log, int count);
}
