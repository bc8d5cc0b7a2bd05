using System.Data.Common;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Store;

/// <summary>
/// The store for several servers. A write is a transaction of its own; hot writes share theirs, see <see cref="PostgresGroups"/>.
/// </summary>
internal sealed class PostgresDatabase : Database
{
    /// <summary>
    /// How a connection plans that is kept for a few hot statements. Planning takes longer than what they do, and one
    /// plan is right for one row and for a hundred: by the indexes, also when the planner last saw the tables empty.
    /// </summary>
    private const string HotOptions =
        "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";

    /// <summary>"sluice" in the first eight bytes of an advisory lock's number.</summary>
    private const long MigrationLock = 0x736C_7569_6365_0001;

    /// <summary>
    /// A session that holds what its server holds. PostgreSQL notices within 13 s that its machine has vanished; a server
    /// stops its work before that, see <c>ServerPresence</c>.
    /// </summary>
    private const string KeptOptions =
        "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=4 -c statement_timeout=0 -c lock_timeout=0";

    /// <summary>What a server that is stopped in mid-transaction has locked must come free before its runs are taken.</summary>
    private const string SharedOptions = "-c idle_in_transaction_session_timeout=10000";

    /// <summary>Seconds after which a statement of <see cref="Kept"/> fails that gets no answer: its server has a lease to keep.</summary>
    private const int KeptTimeout = 5;

    private readonly PostgresGroups _groups;

    private PostgresDatabase(NpgsqlConnectionStringBuilder settings)
    {
        SessionsName = settings.ApplicationName!;
        var own = settings.Options;
        settings.Options = $"{own} {SharedOptions}".TrimStart();
        Source = NpgsqlDataSource.Create(settings);
        settings.Options = $"{own} {SharedOptions} {HotOptions}".TrimStart();
        Hot = NpgsqlDataSource.Create(settings);
        settings.Options = $"{own} {KeptOptions}".TrimStart();
        settings.Pooling = false;
        settings.Timeout = KeptTimeout;
        settings.CommandTimeout = KeptTimeout;
        Kept = NpgsqlDataSource.Create(settings);
        _groups = new PostgresGroups(Hot);
    }

    public override Dialect Dialect => Dialect.Postgres;

    /// <param name="connectionString">Npgsql's key=value form; its password never appears in a log.</param>
    public static PostgresDatabase Connect(string connectionString) =>
        new(
            new NpgsqlConnectionStringBuilder(connectionString)
            {
                ApplicationName =
                    $"sluice {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}",
                MaxAutoPrepare = 200,
                AutoPrepareMinUsages = 2,
                NoResetOnClose = true,
            }
        );

    /// <summary>The name on all sessions of this process and of no other: PostgreSQL's <c>application_name</c>.</summary>
    public string SessionsName { get; }

    public NpgsqlDataSource Source { get; }

    /// <summary>For listeners and those who hold locks: connections that end with their use.</summary>
    public NpgsqlDataSource Kept { get; }

    /// <summary>For the few connections that are kept for hot statements; they plan by index, once.</summary>
    public NpgsqlDataSource Hot { get; }

    public override Task<IReadOnlyList<int>> Write(
        HotWrite write,
        CancellationToken stop = default
    ) => _groups.Write(write).WaitAsync(stop);

    public override async Task<T> Write<T>(
        Func<Session, Task<T>> work,
        CancellationToken stop = default
    )
    {
        try
        {
            await using var connection = await Open(stop);
            await using var transaction = await connection.BeginTransactionAsync(stop);
            var result = await work(new Session(this, connection, transaction));
            await transaction.CommitAsync(CancellationToken.None);
            Signals.WriteCommitted();
            return result;
        }
        catch (Exception error) when (IsUnavailable(error))
        {
            Forget();
            Signals.WritesLost(1);
            throw new StoreUnavailableException(error);
        }
        catch (PostgresException error) when (IsVictim(error))
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
            return await work(new Session(this, connection, null));
        }
        catch (Exception error) when (IsUnavailable(error))
        {
            Forget();
            throw new StoreUnavailableException(error);
        }
    }

    /// <summary>Whatever keeps a connection from being opened (a database that takes none, a password that changed) is the store's absence.</summary>
    private async Task<NpgsqlConnection> Open(CancellationToken stop)
    {
        try
        {
            return await Source.OpenConnectionAsync(stop);
        }
        catch (NpgsqlException error)
        {
            throw new StoreUnavailableException(error);
        }
    }

    /// <summary>After a loss: whatever lies idle was lost with it, and would disappoint whoever takes it next.</summary>
    internal void Forget()
    {
        Source.Clear();
        Hot.Clear();
    }

    public override async Task Migrate(Func<DbConnection, Task> migrate, CancellationToken stop)
    {
        await using var connection = await Source.OpenConnectionAsync(stop);
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

    public override async ValueTask DisposeAsync()
    {
        await Kept.DisposeAsync();
        await Hot.DisposeAsync();
        await Source.DisposeAsync();
    }

    /// <summary>
    /// Whether a connection of <see cref="Hot"/> that is used for this time should plan anew. A plan that is made while
    /// tables are empty takes any index for as good as another; their size is looked at whenever one is made.
    /// </summary>
    /// <param name="uses">Counted from 1.</param>
    internal static bool IsTimeToPlan(int uses) =>
        uses % 4096 == 0 || (uses < 4096 && int.IsPow2(uses) && uses > 1);

    internal static async Task PlanAnew(NpgsqlConnection connection)
    {
        await using var discard = new NpgsqlCommand("DISCARD PLANS", connection);
        await discard.ExecuteNonQueryAsync();
    }

    /// <summary>Two transactions waited for each other and this one was ended: nothing of it was kept, and the next try finds the way free.</summary>
    internal static bool IsVictim(PostgresException error) =>
        error.SqlState
            is PostgresErrorCodes.DeadlockDetected
                or PostgresErrorCodes.SerializationFailure;

    /// <summary>Lost connections, shut-downs, too many connections, full disks: not the statement's own fault.</summary>
    internal static bool IsUnavailable(Exception error) =>
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
