using System.Collections.Concurrent;
using System.Threading.Channels;
using Sluice.Server.Store;

namespace Sluice.Server.Keys;

/// <summary>
/// Writes when a key was last used, behind the request, in batches, at most once a minute for each key (seed 002).
/// Losing one at a crash costs a minute of precision and nothing else; the queue is bounded and drops.
/// </summary>
internal sealed partial class KeyUseWriter(
    Database database,
    TimeProvider clock,
    ILogger<KeyUseWriter> log
) : BackgroundService
{
    private const long MinuteMs = 60_000;
    private readonly Channel<(string Tenant, string Id, long At)> _uses = Channel.CreateBounded<(
        string,
        string,
        long
    )>(
        new BoundedChannelOptions(4096)
        {
            FullMode = BoundedChannelFullMode.DropWrite,
            SingleReader = true,
        }
    );
    private readonly ConcurrentDictionary<string, long> _waiting = new();

    public void Note(FoundKey key)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (key.LastUsedAt is { } last && now - last < MinuteMs)
            return;
        if (_waiting.TryAdd(key.Id, now) && !_uses.Writer.TryWrite((key.TenantId, key.Id, now)))
            _waiting.TryRemove(key.Id, out _);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _uses.Reader.WaitToReadAsync(stoppingToken))
        {
            var batch = new List<(string Tenant, string Id, long At)>();
            while (batch.Count < 256 && _uses.Reader.TryRead(out var use))
                batch.Add(use);
            try
            {
                await database.Write(
                    async session =>
                    {
                        foreach (var (tenant, id, at) in batch)
                            await KeyStore.Used(session, tenant, id, at);
                    },
                    stoppingToken
                );
            }
            catch (StoreUnavailableException)
            {
                LogLost(log, batch.Count);
            }
            foreach (var (_, id, _) in batch)
                _waiting.TryRemove(id, out _);
        }
    }

    [LoggerMessage(1190, LogLevel.Warning, "The last use of {Count} keys could not be written")]
    private static partial void LogLost(ILogger log, int count);
}
