using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;

namespace Sluice.Server.Store;

/// <summary>
/// A statement of a hot path: plain ADO.NET, checked by the tenant guard once, prepared once for each SQLite
/// connection (PostgreSQL's driver prepares by itself). The first parameter is always <c>@tenant</c>.
/// </summary>
internal sealed class HotStatement
{
    private readonly string _sql;
    private readonly string[] _parameters;
    private readonly NpgsqlDbType[] _types;
    private readonly string _numbered;
    private readonly ConditionalWeakTable<DbConnection, SqliteCommand> _prepared = [];

    /// <param name="sql">With named parameters.</param>
    /// <param name="parameters">
    /// Names without the at sign, in the order in which values are given; not <c>tenant</c>. Text unless the name ends in
    /// <c>:number</c> or <c>:bytes</c>: PostgreSQL wants to know the type of a null.
    /// </param>
    public HotStatement(string sql, params string[] parameters)
    {
        TenantGuard.Check(sql, hasTenant: true);
        _sql = sql;
        var split = parameters.Select(parameter => parameter.Split(':')).ToList();
        _parameters = ["tenant", .. split.Select(parts => parts[0])];
        _types =
        [
            NpgsqlDbType.Text,
            .. split.Select(parts => TypeOf(parts.Length > 1 ? parts[1] : "text")),
        ];
        _numbered = _parameters
            .Select((name, index) => (name, index))
            .OrderByDescending(pair => pair.name.Length)
            .Aggregate(sql, (text, pair) => text.Replace("@" + pair.name, "$" + (pair.index + 1)));
    }

    private static NpgsqlDbType TypeOf(string word) =>
        word switch
        {
            "number" => NpgsqlDbType.Bigint,
            "bytes" => NpgsqlDbType.Bytea,
            "text" => NpgsqlDbType.Text,
            _ => throw new ArgumentException($"{word} is no type", nameof(word)),
        };

    /// <summary>Binds the values (null is SQL's null) and executes. Text, long and byte[] only.</summary>
    public Task<int> Execute(Session session, string tenant, params ReadOnlySpan<object?> values)
    {
        var command = Bind(session, tenant, values);
        return session.Dialect == Dialect.Sqlite
            ? Task.FromResult(command.ExecuteNonQuery())
            : Dispose(command);
    }

    /// <summary>Binds the values as <see cref="Execute"/> does and reads all rows: for a few of them.</summary>
    public Task<List<T>> Query<T>(
        Session session,
        string tenant,
        Func<DbDataReader, T> read,
        params ReadOnlySpan<object?> values
    )
    {
        var command = Bind(session, tenant, values);
        return session.Dialect == Dialect.Sqlite
            ? Task.FromResult(ReadNow(command, read))
            : ReadAll(command, read);
    }

    private static List<T> ReadNow<T>(DbCommand command, Func<DbDataReader, T> read)
    {
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    private static async Task<List<T>> ReadAll<T>(DbCommand command, Func<DbDataReader, T> read)
    {
        await using (command)
        {
            await using var reader = await command.ExecuteReaderAsync();
            var rows = new List<T>();
            while (await reader.ReadAsync())
                rows.Add(read(reader));
            return rows;
        }
    }

    private static async Task<int> Dispose(DbCommand command)
    {
        await using (command)
            return await command.ExecuteNonQueryAsync();
    }

    private DbCommand Bind(Session session, string tenant, ReadOnlySpan<object?> values)
    {
        if (values.Length != _parameters.Length - 1)
            throw new ArgumentException(
                $"{_parameters.Length - 1} values are needed, {values.Length} were given",
                nameof(values)
            );
        return session.Dialect == Dialect.Sqlite
            ? BindSqlite(session, tenant, values)
            : BindPostgres(session, tenant, values);
    }

    private SqliteCommand BindSqlite(Session session, string tenant, ReadOnlySpan<object?> values)
    {
        if (!_prepared.TryGetValue(session.Connection, out var command))
        {
            command = ((SqliteConnection)session.Connection).CreateCommand();
            command.CommandText = _sql;
            foreach (var name in _parameters)
                command.Parameters.AddWithValue("@" + name, DBNull.Value);
            _prepared.Add(session.Connection, command);
        }
        command.Parameters[0].Value = tenant;
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i + 1].Value = values[i] ?? DBNull.Value;
        return command;
    }

    private NpgsqlCommand BindPostgres(Session session, string tenant, ReadOnlySpan<object?> values)
    {
        var command = new NpgsqlCommand(
            _numbered,
            (NpgsqlConnection)session.Connection,
            (NpgsqlTransaction?)session.Transaction
        );
        command.Parameters.Add(
            new NpgsqlParameter { Value = tenant, NpgsqlDbType = NpgsqlDbType.Text }
        );
        for (var i = 0; i < values.Length; i++)
            command.Parameters.Add(
                new NpgsqlParameter
                {
                    Value = values[i] ?? DBNull.Value,
                    NpgsqlDbType = _types[i + 1],
                }
            );
        return command;
    }
}
