using Npgsql;
using Sluice.Server.Store;

namespace Sluice.Server.Flows.Runs;

/// <summary>A server that shares the store.</summary>
/// <param name="Lock">Number of the advisory lock that it holds while it lives.</param>
/// <param name="Sessions">The name on its sessions.</param>
/// <param name="Gone">Its runs are anyone's to take.</param>
/// <param name="Late">It has not said for longer than its lease that it lives.</param>
internal sealed record ServerRow(string Name, long Lock, string Sessions, bool Gone, bool Late);

/// <summary>SQL on <c>servers</c>. Times are the database's: the clocks of servers need not agree.</summary>
internal static class ServerStore
{
    /// <summary>The one server of an embedded store, which has no row.</summary>
    public const string Embedded = "local";

    /// <summary>
    /// Whether <c>@server</c> may begin to carry a run: a run that a server took after its others were taken from it
    /// would be found by nobody.
    /// </summary>
    public const string MayTake =
        $"(@server IN ('', '{Embedded}') OR (SELECT s.name FROM servers s WHERE s.name = @server AND s.gone_at IS NULL) IS NOT NULL)";

    private const string Now = "CAST(date_part('epoch', clock_timestamp()) * 1000 AS BIGINT)";

    /// <summary>How long the end of another server's sessions is waited for, in milliseconds.</summary>
    private const int SessionsEndMs = 2000;

    public static async Task Add(
        NpgsqlConnection connection,
        string name,
        long number,
        string sessions,
        CancellationToken stop
    )
    {
        await using var command = new NpgsqlCommand(
            $"INSERT INTO servers (name, lock, sessions, started_at, seen_at) VALUES ($1, $2, $3, {Now}, {Now})",
            connection
        );
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = number });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = sessions });
        await command.ExecuteNonQueryAsync(stop);
    }

    /// <summary>Says that a server lives, and asks who else does: one statement.</summary>
    /// <returns>All others; and whether the server still has its runs.</returns>
    public static async Task<(bool Here, List<ServerRow> Others)> Renew(
        NpgsqlConnection connection,
        string name,
        long leaseMs,
        CancellationToken stop
    )
    {
        await using var command = new NpgsqlCommand(
            $"""
            WITH me AS (UPDATE servers SET seen_at = {Now} WHERE name = $1 AND gone_at IS NULL RETURNING name)
            SELECT s.name, s.lock, s.sessions, s.gone_at IS NOT NULL, s.seen_at < {Now} - $2, EXISTS (SELECT 1 FROM me)
            FROM servers s
            """,
            connection
        );
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = leaseMs });
        var here = false;
        var others = new List<ServerRow>();
        await using var reader = await command.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
        {
            here = reader.GetBoolean(5);
            if (reader.GetString(0) != name)
                others.Add(
                    new ServerRow(
                        reader.GetString(0),
                        reader.GetInt64(1),
                        reader.GetString(2),
                        reader.GetBoolean(3),
                        reader.GetBoolean(4)
                    )
                );
        }
        return (here, others);
    }

    /// <summary>A server that stops says so: nobody waits for it to come back.</summary>
    public static async Task Leave(NpgsqlConnection connection, string name, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(
            $"UPDATE servers SET gone_at = {Now} WHERE name = $1 AND gone_at IS NULL",
            connection
        );
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        await command.ExecuteNonQueryAsync(stop);
    }

    /// <summary>Waits for a lock; it is held until the connection ends.</summary>
    /// <returns>The database's time at which it was had.</returns>
    public static Task<long> Take(
        NpgsqlConnection connection,
        long number,
        CancellationToken stop
    ) =>
        Ask(
            connection,
            $"SELECT {Now} FROM (SELECT pg_advisory_lock($1) OFFSET 0) had",
            number,
            stop
        );

    /// <summary>Takes a lock that nobody holds; it is held until the connection ends.</summary>
    public static async Task<bool> TryTake(
        NpgsqlConnection connection,
        long number,
        CancellationToken stop
    ) => await Ask(connection, "SELECT CAST(pg_try_advisory_lock($1) AS INT)", number, stop) == 1;

    /// <summary>Ends a session of this server's own that PostgreSQL may not know to be lost.</summary>
    public static Task End(NpgsqlConnection connection, int session, CancellationToken stop) =>
        Ask(
            connection,
            $"""
            SELECT COUNT(pg_terminate_backend(pid, {SessionsEndMs})) FROM pg_stat_activity
            WHERE pid = $1 AND application_name = current_setting('application_name') AND usename = current_user
            """,
            session,
            stop
        );

    /// <summary>Marks a server as gone unless it has said that it lives since a moment.</summary>
    /// <param name="since">The database's time; null: since its lease began.</param>
    /// <returns>1; 0 when it lives, or is unknown.</returns>
    public static Task<int> MarkGone(Session session, string name, long? since, long leaseMs) =>
        session.House.Execute(
            $"""
            UPDATE servers SET gone_at = COALESCE(gone_at, {Now})
            WHERE name = @name AND (gone_at IS NOT NULL OR seen_at < COALESCE(CAST(@since AS BIGINT), {Now} - @leaseMs))
            """,
            new
            {
                name,
                since,
                leaseMs,
            }
        );

    /// <summary>
    /// Ends the sessions of a server that is marked as gone, and waits until they have: what one of them was about to
    /// write is on record then, or never will be.
    /// </summary>
    public static Task<long> EndSessions(Session session, string sessions) =>
        session.House.First<long>(
            $"""
            SELECT COUNT(pg_terminate_backend(pid, {SessionsEndMs})) FROM pg_stat_activity
            WHERE application_name = @sessions AND usename = current_user AND pid <> pg_backend_pid()
            """,
            new { sessions }
        );

    /// <summary>Makes sure that a server that takes runs is not marked as gone before it has.</summary>
    /// <returns>False when it is.</returns>
    public static async Task<bool> Hold(Session session, string name) =>
        session.Dialect == Dialect.Sqlite
        || await session.House.First<string>(
            "SELECT name FROM servers WHERE name = @name AND gone_at IS NULL FOR SHARE",
            new { name }
        )
            is not null;

    public static Task<int> Remove(Session session, string name) =>
        session.House.Execute("DELETE FROM servers WHERE name = @name", new { name });

    private static async Task<long> Ask(
        NpgsqlConnection connection,
        string sql,
        long number,
        CancellationToken stop
    )
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = number });
        return Convert.ToInt64(await command.ExecuteScalarAsync(stop));
    }
}
