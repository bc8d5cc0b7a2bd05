using System.Data.Common;
using System.Net.Sockets;
using Npgsql;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Store;

/// <summary>The store for several servers. Every write is a transaction of its own; PostgreSQL groups the commits.</summary>
internal sealed class PostgresDatabase(NpgsqlDataSource source) : Database
{
    /// <summary>"sluice" in the first eight bytes of an advisory lock's number.</summary>
    private const long MigrationLock = 0x736C_7569_6365_0001;

    public override Dialect Dialect => Dialect.Postgres;

    /// <param name="connectionString">Npgsql's key=value form; its password never appears in a log.</param>
    public static PostgresDatabase Connect(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = "sluice",
            MaxAutoPrepare = 200,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true,
        };
        return new PostgresDatabase(new NpgsqlDataSourceBuilder(builder.ToString()).Build());
    }

    /// <summary>For listeners and coalesced look-ups, which keep a connection of their own.</summary>
    public NpgsqlDataSource Source => source;

    public override async Task<T> Write<T>(
        Func<Session, Task<T>> work,
        CancellationToken stop = default
    )
    {
        try
        {
            await using var connection = await Open(stop);
            await using var transaction = await connection.BeginTransactionAsync(stop);
            var result = await work(new Session(connection, transaction, Dialect.Postgres));
            await transaction.CommitAsync(CancellationToken.None);
            Signals.WriteCommitted();
            return result;
        }
        catch (Exception error) when (IsUnavailable(error))
        {
            Signals.WritesLost(1);
            throw new StoreUnavailableException(error);
        }
    }

    public override async Task<T> Read<T>(
        Func<Session, Task<T>> work,
        CancellationToken stop = default
    )
    {
        try
        {
            await using var connection = await Open(stop);
            return await work(new Session(connection, null, Dialect.Postgres));
        }
        catch (Exception error) when (IsUnavailable(error))
        {
            throw new StoreUnavailableException(error);
        }
    }

    /// <summary>Whatever keeps a connection from being opened (a database that takes none, a password that changed) is the store's absence.</summary>
    private async Task<NpgsqlConnection> Open(CancellationToken stop)
    {
        try
        {
            return await source.OpenConnectionAsync(stop);
        }
        catch (NpgsqlException error)
        {
            throw new StoreUnavailableException(error);
        }
    }

    public override async Task Migrate(Func<DbConnection, Task> migrate, CancellationToken stop)
    {
        await using var connection = await source.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await using (
            var take = new NpgsqlCommand(
                "SELECT pg_advisory_xact_lock($1)",
                connection,
                transaction
            )
        )
        {
            take.Parameters.Add(new NpgsqlParameter { Value = MigrationLock });
            await take.ExecuteNonQueryAsync(stop);
        }
        await migrate(connection);
        await transaction.CommitAsync(stop);
    }

    public override ValueTask DisposeAsync() => source.DisposeAsync();

    /// <summary>Lost connections, shut-downs, too many connections, full disks: not the statement's own fault.</summary>
    private static bool IsUnavailable(Exception error) =>
        error switch
        {
            PostgresException { SqlState: [var a, var b, ..] } => (a, b)
                is
                    ('0', '8')
                    or
                    ('5', '3')
                    or
                    ('5', '7')
                    or
                    ('5', '8'),
            NpgsqlException or SocketException or TimeoutException => true,
            _ => false,
        };
}
