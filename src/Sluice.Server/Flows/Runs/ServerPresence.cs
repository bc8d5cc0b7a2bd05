using System.Data;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Seal;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Runs;

/// <summary>Something that happened elsewhere: a run of which something is wished, or (both null) runs that are this server's to take up.</summary>
internal sealed record PresenceNews(string? Tenant, string? Run)
{
    /// <summary>In the place of a tenant: the news is of the queue.</summary>
    public const string Queue = "-";
}

/// <summary>
/// This server among those that share a PostgreSQL store. Its life is an advisory lock on a connection of its own, which
/// PostgreSQL drops the moment the process is gone, and a lease that it renews: one that is stopped and still connected
/// loses its runs when the lease is over. A server that cannot say that it lives stops working before others may take
/// its runs; what it writes nevertheless is refused by the statements of a run, which ask whose it is. An embedded store
/// has one server, and none of this.
/// </summary>
internal sealed partial class ServerPresence : IAsyncDisposable
{
    private const string Channel = "sluice_runs";

    /// <summary>On the channel: who is there has changed.</summary>
    private const string Servers = "servers";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly Database _database;
    private readonly Succession _succession;
    private readonly PresenceOptions _options;
    private readonly UlidSource _ids;
    private readonly TimeProvider _clock;
    private readonly SharedLimits _limits;
    private readonly ILogger<ServerPresence> _log;
    private readonly Leash _leash;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<PresenceNews> _news =
        System.Threading.Channels.Channel.CreateUnbounded<PresenceNews>(
            new UnboundedChannelOptions { SingleReader = true }
        );

    private DeathWatch? _watch;
    private Task _living = Task.CompletedTask;
    private NpgsqlConnection? _connection;
    private string? _name;
    private long _lock;

    /// <summary>PostgreSQL's number of the session that held the lock last.</summary>
    private int _session;
    private volatile bool _look;
    private int _left;

    public ServerPresence(
        Database database,
        Succession succession,
        IOptions<PresenceOptions> options,
        UlidSource ids,
        PresenceClock clock,
        SharedLimits limits,
        ILogger<ServerPresence> log
    )
    {
        (_database, _succession, _options) = (database, succession, options.Value);
        (_ids, _clock, _limits, _log) = (ids, clock.Time, limits, log);
        _leash = new Leash(_clock, () => LogOver(log));
        if (database is not PostgresDatabase)
            _leash.Begin(ServerStore.Embedded);
    }

    /// <summary>The name on the runs that this server carries.</summary>
    /// <exception cref="StoreUnavailableException">It may not carry any now: it cannot say that it lives.</exception>
    public string Name =>
        _leash.Tenure?.Name
        ?? throw new StoreUnavailableException(
            new InvalidOperationException("this server cannot say that it lives")
        );

    /// <summary>Whether it may carry runs now.</summary>
    public bool IsHere => _leash.Tenure is not null;

    /// <summary>What has happened elsewhere, for one reader.</summary>
    public ChannelReader<PresenceNews> News => _news.Reader;

    /// <summary>Under which this server may carry a run of this server's name now; null: it may not.</summary>
    public Tenure? TenureOf(string server) =>
        _leash.Tenure is { } tenure && tenure.Name == server ? tenure : null;

    /// <summary>Takes a name and its lock; from now on this server says that it lives, and watches another.</summary>
    public async Task Join(CancellationToken stop)
    {
        if (_database is not PostgresDatabase postgres)
            return;
        _watch = new DeathWatch(postgres, _clock, Freed);
        await Enter(postgres, stop);
        _living = Task.WhenAll(Live(postgres, _stop.Token), _watch.Run(_stop.Token));
    }

    /// <summary>Tells the server that carries a run that something is wished of it; the wish is durable already.</summary>
    public async Task Tell(string tenantId, string runId, CancellationToken stop)
    {
        if (_database is PostgresDatabase)
            await Notify($"{tenantId} {runId}", stop);
    }

    /// <summary>Tells the other servers that runs wait for their turn, or that there is room for one.</summary>
    public Task TellQueue(CancellationToken stop) => Tell(PresenceNews.Queue, "-", stop);

    /// <summary>Ends the tenure: the server stops.</summary>
    public void Resign() => _leash.Cut();

    /// <summary>Leaves the other servers; they may take its runs at once.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _left, 1) == 1)
            return;
        await _stop.CancelAsync();
        await _living.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _leash.Cut();
        _news.Writer.TryComplete();
        if (_connection is { State: ConnectionState.Open } connection && _name is { } name)
        {
            try
            {
                await ServerStore.Leave(connection, name, CancellationToken.None);
                await Notify(Servers, CancellationToken.None);
            }
            catch (Exception error) when (error is NpgsqlException or StoreUnavailableException)
            {
                // Its lock goes with its connection.
            }
        }
        await Drop();
        _leash.Dispose();
        _stop.Dispose();
    }

    private Task Notify(string payload, CancellationToken stop) =>
        _database.Read(
            session =>
                session.House.First<string>(
                    "SELECT CAST(pg_notify(@Channel, @payload) AS TEXT)",
                    new { Channel, payload }
                ),
            stop
        );

    private async Task Live(PostgresDatabase postgres, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (_connection is null)
                    await Enter(postgres, stop);
                await Stay(_connection!, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                // It comes back, or its tenure runs out.
                if (_connection is not null)
                    LogLost(_log, error);
                _leash.Shorten(TimeSpan.FromMilliseconds(_options.GraceMs / 2));
                await Drop();
                await Task.Delay(Pause, _clock, stop);
            }
        }
    }

    /// <summary>Connects, and says that this server lives: by its name, if that was not taken for dead meanwhile.</summary>
    private async Task Enter(PostgresDatabase postgres, CancellationToken stop)
    {
        var connection = await postgres.Kept.OpenConnectionAsync(stop);
        try
        {
            connection.Notification += (_, note) => Hear(note.Channel, note.Payload);
            await using (
                var listen = new NpgsqlCommand(
                    $"LISTEN {Channel}; LISTEN {SharedLimits.Channel}",
                    connection
                )
            )
                await listen.ExecuteNonQueryAsync(stop);
            if (_name is null || !await Return(connection, stop))
                await Begin(connection, postgres, stop);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
        (_connection, _session) = (connection, connection.ProcessID);
        await Notify(Servers, stop);
        // Words may have been missed.
        _news.Writer.TryWrite(new PresenceNews(null, null));
        _limits.WasTold(by: "");
    }

    private async Task Begin(
        NpgsqlConnection connection,
        PostgresDatabase postgres,
        CancellationToken stop
    )
    {
        var name = _ids.NextText();
        var number = BitConverter.ToInt64(KeyText.Hash(name).AsSpan(0, 8));
        if (!await ServerStore.TryTake(connection, number, stop))
            throw new InvalidOperationException("the lock of a new server is taken");
        await ServerStore.Add(connection, name, number, postgres.SessionsName, stop);
        (_name, _lock) = (name, number);
        await Renew(connection, stop);
    }

    /// <summary>
    /// Goes on under the old name. Whoever has its lock, because the connection had ended, looks at whether it has been
    /// said since that this server lives; so that is said until the lock is free.
    /// </summary>
    /// <returns>False when the name was taken for dead.</returns>
    private async Task<bool> Return(NpgsqlConnection connection, CancellationToken stop)
    {
        await ServerStore.End(connection, _session, stop);
        while (await Renew(connection, stop))
        {
            if (await ServerStore.TryTake(connection, _lock, stop))
                return true;
            await Task.Delay(Pause, _clock, stop);
        }
        return false;
    }

    /// <summary>Listens and renews; ends when this server was taken for dead.</summary>
    private async Task Stay(NpgsqlConnection connection, CancellationToken stop)
    {
        var every = TimeSpan.FromMilliseconds(_options.RenewMs);
        var last = _clock.GetTimestamp();
        while (true)
        {
            var left = every - _clock.GetElapsedTime(last);
            // To Npgsql no whole millisecond means for ever.
            if (left.TotalMilliseconds >= 1 && !_look)
            {
                await connection.WaitAsync(left, stop);
                continue;
            }
            (last, _look) = (_clock.GetTimestamp(), false);
            if (await Renew(connection, stop))
                continue;
            await Drop();
            return;
        }
    }

    private async Task<bool> Renew(NpgsqlConnection connection, CancellationToken stop)
    {
        var sent = _clock.GetTimestamp();
        var (here, others) = await ServerStore.Renew(connection, _name!, _options.LeaseMs, stop);
        if (!here)
        {
            LogTaken(_log, _name!);
            _name = null;
            _leash.Cut();
            return false;
        }
        if (_leash.Extend(_name!, sent, TimeSpan.FromMilliseconds(_options.StopMs)))
            _news.Writer.TryWrite(new PresenceNews(null, null));
        var living = others
            .Where(other => !other.Gone)
            .OrderBy(other => other.Name, StringComparer.Ordinal)
            .ToList();
        _limits.IsOn = living.Count > 0;
        _watch!.Point(
            living.Find(other => string.CompareOrdinal(other.Name, _name) > 0)
                ?? living.FirstOrDefault()
        );
        foreach (var other in others.Where(other => other.Gone || other.Late))
            _ = TakeOver(other, since: null, stop);
        return true;
    }

    /// <summary>The lock of another server could be had: unless it comes back at once it is dead.</summary>
    private async Task Freed(ServerRow other, long at, CancellationToken stop)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(_options.GraceMs), _clock, stop);
        await TakeOver(other, at, stop);
    }

    private async Task TakeOver(ServerRow other, long? since, CancellationToken stop)
    {
        try
        {
            if (await _succession.From(other, since, Name, stop) is null)
                return;
            _news.Writer.TryWrite(new PresenceNews(null, null));
            await Notify(Servers, stop);
        }
        catch (OperationCanceledException)
        {
            // There is somebody else to watch, or this server stops.
        }
        catch (Exception error)
        {
            // It stays as it is, and is seen again at the next renewal.
            LogNotTaken(_log, error, other.Name);
        }
    }

    private void Hear(string channel, string payload)
    {
        if (channel == SharedLimits.Channel)
            _limits.WasTold(by: payload);
        else if (payload == Servers)
            _look = true;
        else if (payload.Split(' ') is [var tenant, var run])
            _news.Writer.TryWrite(new PresenceNews(tenant, run));
    }

    private async Task Drop()
    {
        if (_connection is not { } connection)
            return;
        _connection = null;
        await connection.DisposeAsync();
    }

    [LoggerMessage(
        1311,
        LogLevel.Error,
        "The connection that says this server is alive is lost; trying again"
    )]
    private static partial void LogLost(ILogger log, Exception error);

    [LoggerMessage(
        1314,
        LogLevel.Warning,
        "The runs of server {Server} could not be taken over yet"
    )]
    private static partial void LogNotTaken(ILogger log, Exception error, string server);

    [LoggerMessage(
        1312,
        LogLevel.Error,
        "This server cannot say that it lives: it stops working on its runs, which others may take"
    )]
    private static partial void LogOver(ILogger log);

    [LoggerMessage(
        1313,
        LogLevel.Warning,
        "This server was taken for dead, and goes on under a new name; it was {Server}"
    )]
    private static partial void LogTaken(ILogger log, string server);
}
