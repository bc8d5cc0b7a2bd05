using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Npgsql;
using Sluice.Seal;
using Sluice.Server.Store;

namespace Sluice.Server.Flows.Runs;

/// <summary>Something that happened elsewhere: a run of which something is wished, or (both null) runs that are this server's now.</summary>
internal sealed record PresenceNews(string? Tenant, string? Run)
{
    /// <summary>In the place of a tenant: the news is of the queue.</summary>
    public const string Queue = "-";
}

/// <summary>
/// This server among those that share a PostgreSQL store. Its life is an advisory lock on a connection of its own:
/// PostgreSQL drops the lock the moment the process is gone, and who can take a server's lock knows that it is dead.
/// Work of a server that was wrongly taken for dead is refused by the statements of a run, which ask whose it is.
/// An embedded store has one server, and none of this.
/// </summary>
internal sealed partial class ServerPresence(
    Database database,
    UlidSource ids,
    TimeProvider clock,
    ILogger<ServerPresence> log
) : IAsyncDisposable
{
    private const string EmbeddedName = "local";
    private const string Channel = "sluice_runs";

    /// <summary>No query more often than this when nothing happens.</summary>
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(5);

    private NpgsqlConnection? _connection;
    private long _lock;

    /// <summary>The name on the runs that this server carries.</summary>
    public string Name { get; private set; } = EmbeddedName;

    /// <summary>Takes a name and its lock, and the runs of servers that are dead.</summary>
    public async Task Join(CancellationToken stop)
    {
        if (database is not PostgresDatabase postgres)
            return;
        Name = ids.NextText();
        _lock = BitConverter.ToInt64(KeyText.Hash(Name).AsSpan(0, 8));
        await Connect(postgres, stop);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await database.Write(
            session =>
                session.House.Execute(
                    "INSERT INTO servers (name, lock, started_at) VALUES (@Name, @Lock, @now)",
                    new
                    {
                        Name,
                        Lock = _lock,
                        now,
                    }
                ),
            stop
        );
        await Sweep(stop);
    }

    /// <summary>Tells the server that carries a run that something is wished of it; the wish is durable already.</summary>
    public async Task Tell(string tenantId, string runId, CancellationToken stop)
    {
        if (database is PostgresDatabase)
            await database.Read(
                session =>
                    session.House.First<string>(
                        "SELECT CAST(pg_notify(@Channel, @payload) AS TEXT)",
                        new { Channel, payload = $"{tenantId} {runId}" }
                    ),
                stop
            );
    }

    /// <summary>Tells the other servers that runs wait for their turn, or that there is room for one.</summary>
    public Task TellQueue(CancellationToken stop) => Tell(PresenceNews.Queue, "-", stop);

    /// <summary>Listens until stopped; on an embedded store there is nothing to hear.</summary>
    public async IAsyncEnumerable<PresenceNews> Watch(
        [EnumeratorCancellation] CancellationToken stop
    )
    {
        if (database is not PostgresDatabase postgres)
            yield break;
        var heard = System.Threading.Channels.Channel.CreateUnbounded<PresenceNews>(
            new UnboundedChannelOptions { SingleReader = true }
        );
        var listening = Listen(postgres, heard.Writer, stop);
        try
        {
            await foreach (var news in heard.Reader.ReadAllAsync(stop))
                yield return news;
        }
        finally
        {
            // The connection can be closed only once nobody waits on it.
            await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is null)
            return;
        await _connection.DisposeAsync();
        _connection = null;
    }

    private async Task Listen(
        PostgresDatabase postgres,
        ChannelWriter<PresenceNews> heard,
        CancellationToken stop
    )
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (_connection is not { State: System.Data.ConnectionState.Open })
                    await Connect(postgres, stop);
                _connection!.Notification += (_, note) =>
                {
                    if (note.Payload.Split(' ') is [var tenant, var run])
                        heard.TryWrite(new PresenceNews(tenant, run));
                };
                while (true)
                {
                    await _connection.WaitAsync(SweepEvery, stop);
                    if (await Sweep(stop) > 0)
                        heard.TryWrite(new PresenceNews(null, null));
                }
            }
            catch (Exception error)
                when (error is NpgsqlException or StoreUnavailableException or TimeoutException)
            {
                LogLost(log);
                await Task.Delay(SweepEvery, clock, stop);
            }
        }
    }

    private async Task Connect(PostgresDatabase postgres, CancellationToken stop)
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
        _connection = await postgres.Source.OpenConnectionAsync(stop);
        await using var command = new NpgsqlCommand(
            $"LISTEN {Channel}; SELECT pg_advisory_lock({_lock})",
            _connection
        );
        await command.ExecuteNonQueryAsync(stop);
    }

    /// <summary>Takes over from every server whose lock can be had. Answers how many runs came.</summary>
    private async Task<int> Sweep(CancellationToken stop)
    {
        var others = await database.Read(
            session =>
                session.House.Query<ServerRow>(
                    "SELECT name, lock FROM servers WHERE name <> @Name",
                    new { Name }
                ),
            stop
        );
        var taken = 0;
        foreach (var other in others)
            taken += await database.Write(session => TakeOverIfDead(session, other), stop);
        return taken;
    }

    private async Task<int> TakeOverIfDead(Session session, ServerRow other)
    {
        if (!await session.House.First<bool>("SELECT pg_try_advisory_xact_lock(@Lock)", other))
            return 0;
        var runs = await RunStore.TakeOver(session, other.Name, Name);
        await session.House.Execute("DELETE FROM servers WHERE name = @Name", other);
        LogDead(log, other.Name, runs);
        return runs;
    }

    private sealed record ServerRow
    {
        public required string Name { get; init; }

        public required long Lock { get; init; }
    }

    [LoggerMessage(
        1310,
        LogLevel.Warning,
        "Server {Server} is gone; {Runs} of its runs are taken over"
    )]
    private static partial void LogDead(ILogger log, string server, int runs);

    [LoggerMessage(
        1311,
        LogLevel.Error,
        "The connection that says this server is alive is lost; trying again"
    )]
    private static partial void LogLost(ILogger log);
}
