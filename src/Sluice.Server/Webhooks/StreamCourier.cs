using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Sluice.Server.Ledger;
using Sluice.Server.Licenses.Nodes;
using Sluice.Server.Outbound;
using Sluice.Server.Store;

namespace Sluice.Server.Webhooks;

/// <summary>
/// Delivers ledgers to their webhooks, behind the requests: each in its order, a message at a time, until it is taken. What is under way is in
/// the store before it is sent, so a server that is killed sends the same message again, and one server alone holds the lease on a webhook.
/// </summary>
internal sealed partial class StreamCourier(
    Database database,
    StreamPost post,
    StreamBell bell,
    NodeIdentity node,
    OutboundSettings outbound,
    IOptions<StreamOptions> options,
    TimeProvider clock,
    ILogger<StreamCourier> log
) : BackgroundService
{
    /// <summary>Webhooks that are served at the same time; one that is slow keeps a place for as long as a call may take.</summary>
    private const int MostAtOnce = 32;

    /// <summary>Of these, those of one tenant, so that no tenant's slow webhooks keep those of the others waiting.</summary>
    private const int MostOfATenant = 4;

    /// <summary>Most that are looked at for a place.</summary>
    private const int MostDue = 500;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<StreamName, Task> _underWay = new();
    private bool _someOn;
    private long _lookedAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                try
                {
                    if (await AreSomeOn(stoppingToken))
                        await Begin(stoppingToken);
                }
                catch (StoreUnavailableException error)
                {
                    LogLater(log, error);
                }
                await Task.Delay(options.Value.Every, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(_underWay.Values);
        }
    }

    /// <summary>What was made at other servers is theirs to deliver; it is looked at now and then, in case they are gone.</summary>
    private async Task<bool> AreSomeOn(CancellationToken stop)
    {
        if (!bell.WasRung() && clock.GetElapsedTime(_lookedAt) < LookEvery)
            return _someOn;
        try
        {
            _someOn = await database.Read(StreamStore.AreSomeOn, stop);
            _lookedAt = clock.GetTimestamp();
            return _someOn;
        }
        catch
        {
            bell.Ring();
            throw;
        }
    }

    private async Task Begin(CancellationToken stop)
    {
        if (_underWay.Count >= MostAtOnce)
            return;
        var due = await database.Read(
            session => StreamStore.Due(session, node.Id, Now(), MostDue),
            stop
        );
        foreach (var name in due)
        {
            if (_underWay.Count >= MostAtOnce)
                return;
            if (
                _underWay.ContainsKey(name)
                || _underWay.Keys.Count(each => each.TenantId == name.TenantId) >= MostOfATenant
            )
                continue;
            var begun = new TaskCompletionSource(
                TaskCreationOptions.RunContinuationsAsynchronously
            );
            _underWay[name] = begun.Task;
            _ = Task.Run(
                async () =>
                {
                    await Deliver(name, stop);
                    _underWay.TryRemove(name, out _);
                    begun.SetResult();
                },
                CancellationToken.None
            );
        }
    }

    /// <summary>Message after message, until there is none or one was not taken.</summary>
    private async Task Deliver(StreamName name, CancellationToken stop)
    {
        try
        {
            while (await Take(name, stop) is { } stream)
            {
                if (!await Deliver(stream, stop))
                    return;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Release(name);
        }
        catch (Exception error)
        {
            // The lease ends by itself, and no webhook may end the deliveries of the others.
            LogLater(log, error);
        }
    }

    private Task<AuditStream?> Take(StreamName name, CancellationToken stop)
    {
        // Longer than a call can take, so that nobody else sends what is being sent.
        var until = clock.GetUtcNow() + (2 * outbound.Timeout) + TimeSpan.FromSeconds(10);
        return database.Write(
            session =>
                StreamStore.Take(session, name, node.Id, Now(), until.ToUnixTimeMilliseconds()),
            stop
        );
    }

    /// <summary>One message; false when it is not done with.</summary>
    private async Task<bool> Deliver(AuditStream stream, CancellationToken stop)
    {
        var entries = await database.Read(
            session =>
                LedgerStore.Range(
                    session,
                    stream.TenantId,
                    stream.CursorSeq,
                    stream.BatchLast!.Value,
                    int.MaxValue
                ),
            stop
        );
        var wanted = entries.Where(stream.Wants).ToList();
        var after = stream with { CursorSeq = stream.BatchLast!.Value, BatchLast = null };
        if (wanted.Count > 0)
        {
            var status = await post.Send(stream, StreamMessage.Of(stream, wanted), stop);
            var now = clock.GetUtcNow();
            after = status is >= 200 and < 300
                ? Taken(after, wanted[^1].Seq, now)
                : NotTaken(stream, now);
            after = after with { LastAt = now.ToUnixTimeMilliseconds(), LastStatus = status };
        }
        return await Settle(stream, after, stop) && after.Attempts == 0;
    }

    private static AuditStream Taken(AuditStream stream, long last, DateTimeOffset now) =>
        stream with
        {
            Attempts = 0,
            NextAt = 0,
            FailingSince = null,
            DeliveredSeq = last,
            DeliveredAt = now.ToUnixTimeMilliseconds(),
        };

    private AuditStream NotTaken(AuditStream stream, DateTimeOffset now)
    {
        var attempts = stream.Attempts + 1;
        var since = stream.FailingSince ?? now.ToUnixTimeMilliseconds();
        var enough =
            now - DateTimeOffset.FromUnixTimeMilliseconds(since) >= options.Value.DisableAfter;
        return stream with
        {
            Attempts = attempts,
            FailingSince = since,
            Enabled = enough ? 0 : 1,
            DisabledReason = enough ? AuditStream.Failed : null,
            NextAt = (
                now + options.Value.PauseAfter(attempts, Random.Shared.NextDouble())
            ).ToUnixTimeMilliseconds(),
        };
    }

    private async Task<bool> Settle(AuditStream before, AuditStream after, CancellationToken stop)
    {
        var settled = await database.Write(
            async session =>
            {
                if (await StreamStore.Settle(session, before, after, node.Id) == 0)
                    return false;
                if (!after.IsOn)
                    await Audit.Record(
                        session,
                        Origin.OfServer(clock),
                        StreamFacts.Disabled(after)
                    );
                return true;
            },
            stop
        );
        if (settled && !after.IsOn)
            LogDisabled(log, after.Id, after.TenantId);
        return settled;
    }

    private async Task Release(StreamName name)
    {
        try
        {
            await database.Write(session => StreamStore.Release(session, name, node.Id));
        }
        catch (StoreUnavailableException error)
        {
            LogLater(log, error);
        }
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();

    [LoggerMessage(
        1710,
        LogLevel.Warning,
        "Webhook {StreamId} of tenant {TenantId} has failed for too long and is off; nothing of the ledger is lost"
    )]
    private static partial void LogDisabled(ILogger log, string streamId, string tenantId);

    [LoggerMessage(1711, LogLevel.Warning, "Ledgers cannot be delivered now; it is tried again")]
    private static partial void LogLater(ILogger log, Exception error);
}
