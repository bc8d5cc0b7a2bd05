using Sluice.Server.Store;

namespace Sluice.Server.Flows.Runs;

/// <summary>Takes up runs that were left unfinished, from their next step: this server's own at start, and those of servers that die.</summary>
internal sealed partial class RunRecovery(
    Database database,
    RunLoop loop,
    RunQueue queue,
    ServerPresence presence,
    TimeProvider clock,
    ILogger<RunRecovery> log
) : BackgroundService
{
    private static readonly TimeSpan StoreRetry = TimeSpan.FromSeconds(1);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await presence.Join(cancellationToken);
        await database.Write(s => QueueStore.LetGo(s, presence.Name), cancellationToken);
        await TakeUp(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await loop.Close();
        await presence.DisposeAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var news in presence.News.ReadAllAsync(stoppingToken))
        {
            if (news.Tenant == PresenceNews.Queue)
                queue.LookAgain();
            else if (news is { Run: { } runId, Tenant: { } tenant })
                await loop.Heard(tenant, runId);
            else
                await TakeUpAll(stoppingToken);
        }
    }

    /// <summary>Takes up what is this server's, however long the store is away, while it may carry runs.</summary>
    private async Task TakeUpAll(CancellationToken stop)
    {
        while (presence.IsHere)
        {
            try
            {
                queue.LookAgain();
                await TakeUp(stop);
                return;
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(StoreRetry, clock, stop);
            }
        }
    }

    private async Task TakeUp(CancellationToken stop)
    {
        var taken = 0;
        foreach (
            var run in await database.Read(
                session => RunStore.Unfinished(session, presence.Name),
                stop
            )
        )
        {
            if (loop.Find(run.TenantId, run.Id) is { } carried)
            {
                carried.Heed(RunWishes.Of(run));
                continue;
            }
            if (await loop.TakeUp(run.TenantId, run.Id, stop))
                taken++;
        }
        if (taken > 0)
            LogTaken(log, taken);
    }

    [LoggerMessage(1305, LogLevel.Information, "{Count} unfinished runs taken up")]
    private static partial void LogTaken(ILogger log, int count);
}
