using Sluice.Server.Store;

namespace Sluice.Server.Licenses.Nodes;

/// <summary>
/// Whether this server may take work, as the number of nodes goes that the license allows. It says every two minutes that it lives; when it
/// could not for five, its seat is lost: by its own clock before another may have it, so that two halves of a network never hold more seats
/// than there are for longer than that. An embedded store has one server, which always has one.
/// </summary>
internal sealed partial class NodeSeat(
    Database database,
    HouseLicense house,
    NodeIdentity identity,
    TimeProvider clock,
    ILogger<NodeSeat> log
) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(NodeStore.BeatMs);
    private static readonly TimeSpan Lease = TimeSpan.FromMilliseconds(NodeStore.CountMs);

    private readonly bool _alone = database.Dialect == Dialect.Sqlite;
    private readonly Node _node = new()
    {
        Id = identity.Id,
        Kind = "server",
        Version = typeof(NodeSeat).Assembly.GetName().Version!.ToString(3),
        StartedAt = clock.GetUtcNow().ToUnixTimeMilliseconds(),
        SeenAt = 0,
    };
    private long _renewed;
    private volatile bool _seated;

    /// <summary>Whether it may take work now.</summary>
    public bool IsHeld =>
        _alone || (_seated && clock.GetElapsedTime(Volatile.Read(ref _renewed)) < Lease);

    /// <summary>Id of this node.</summary>
    public string Id => identity.Id;

    /// <summary>Called when it has a seat that it did not have.</summary>
    public Action? Taken { get; set; }

    /// <summary>One heartbeat.</summary>
    /// <exception cref="StoreUnavailableException">It could not be heard.</exception>
    public async Task Beat(CancellationToken stop)
    {
        var (sent, held) = (clock.GetTimestamp(), IsHeld);
        var most = house.Standing.MaxNodes;
        _seated = await database.Write(
            session =>
                NodeStore.Beat(
                    session,
                    _node,
                    clock.GetUtcNow().ToUnixTimeMilliseconds(),
                    _alone ? null : most
                ),
            stop
        );
        Volatile.Write(ref _renewed, sent);
        if (!_seated)
            LogOver(log, identity.Id, most ?? 0);
        else if (!held)
            Taken?.Invoke();
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await database.Write(
                session => NodeStore.Leave(session, identity.Id),
                cancellationToken
            );
        }
        catch (Exception error)
            when (error is StoreUnavailableException or OperationCanceledException)
        {
            // It counts for five minutes more.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var last = clock.GetTimestamp();
        while (true)
        {
            // A machine that slept while its heartbeat was written, or just after, has outlived what it says.
            var left = Every - clock.GetElapsedTime(last);
            if (left > TimeSpan.Zero)
                await Task.Delay(left, clock, stoppingToken);
            last = clock.GetTimestamp();
            try
            {
                await Beat(stoppingToken);
            }
            catch (StoreUnavailableException error)
            {
                LogUnheard(log, error);
            }
        }
    }

    [LoggerMessage(
        1806,
        LogLevel.Warning,
        "Node {NodeId} is one too many: the license allows {MaxNodes}. It answers calls and takes no work until a node stops, or a license for more is installed"
    )]
    private static partial void LogOver(ILogger log, string nodeId, int maxNodes);

    [LoggerMessage(
        1807,
        LogLevel.Warning,
        "A heartbeat could not be written; after five minutes without one this node takes no work"
    )]
    private static partial void LogUnheard(ILogger log, Exception error);
}
