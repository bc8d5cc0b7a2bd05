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
    /// <summary>Where a statement takes its rows from when it writes several.</summary>
    private const string FromRows = "/*each*/";

    private readonly string _sql;
    private readonly string[] _parameters;
    private readonly NpgsqlDbType[] _types;
    private readonly string _numbered;
    private readonly ConditionalWeakTable<DbConnection, SqliteCommand> _queries = [];
    private readonly ConditionalWeakTable<DbConnection, SqliteStatement> _statements = [];

    /// <param name="sql">
    /// With named parameters. An <c>INSERT … SELECT @a, @b /*each*/</c> or <c>UPDATE … SET a = @a /*each*/ WHERE …</c> can
    /// write many rows at once on PostgreSQL: there the comment becomes <c>FROM</c> a list of rows, and the parameters
    /// its columns. Each should change one row of the table: a group in which one changes another number is written
    /// again one by one. Ask for other tables in scalar subqueries, and such that only the primary key can answer:
    /// the plan is made once, perhaps while the tables are empty and every index looks as good.
    /// </param>
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
        _numbered = Replace(sql, static (_, index) => "$" + (index + 1));
        SetSql = MakeSet(sql);
    }

    /// <summary>
    /// Writes all rows of a list, on PostgreSQL, or fails: it fails unless as many rows change as there are in the list.
    /// Null when the statement can write one row only.
    /// </summary>
    public string? SetSql { get; }

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
        object?[] all = [tenant, .. values];
        return session.Dialect == Dialect.Sqlite
            ? Task.FromResult(ExecuteNow(session, all))
            : Dispose(Bind(session, all));
    }

    /// <summary>As the other, with the tenant as the first of the values.</summary>
    public Task<int> ExecuteAll(Session session, object?[] values) =>
        Execute(session, (string)values[0]!, values.AsSpan(1));

    /// <summary>Executes on SQLite, with the tenant as the first of the values.</summary>
    public int ExecuteNow(Session session, ReadOnlySpan<object?> values)
    {
        CheckCount(values.Length - 1);
        if (!_statements.TryGetValue(session.Connection, out var statement))
        {
            statement = new SqliteStatement(
                (SqliteConnection)session.Connection,
                _sql,
                _parameters.Select(name => "@" + name)
            );
            _statements.Add(session.Connection, statement);
        }
        return statement.Execute(values);
    }

    /// <summary>Binds the values as <see cref="Execute"/> does and reads all rows: for a few of them.</summary>
    public Task<List<T>> Query<T>(
        Session session,
        string tenant,
        Func<DbDataReader, T> read,
        params ReadOnlySpan<object?> values
    )
    {
        var command = Bind(session, [tenant, .. values]);
        return session.Dialect == Dialect.Sqlite
            ? Task.FromResult(ReadNow(command, read))
            : ReadAll(command, read);
    }

    /// <summary>The statement with one row of values, the tenant first, for a batch on PostgreSQL.</summary>
    public NpgsqlBatchCommand One(ReadOnlySpan<object?> values)
    {
        var command = new NpgsqlBatchCommand(_numbered);
        AddValues(command.Parameters, values);
        return command;
    }

    /// <summary>The statement with many rows of values, for a batch on PostgreSQL; see <see cref="SetSql"/>.</summary>
    public NpgsqlBatchCommand Many(IReadOnlyList<object?[]> rows)
    {
        var command = new NpgsqlBatchCommand(
            SetSql ?? throw new InvalidOperationException("the statement writes one row only")
        );
        for (var column = 0; column < _types.Length; column++)
            command.Parameters.Add(
                _types[column] switch
                {
                    NpgsqlDbType.Bigint => Column<long?>(rows, column),
                    NpgsqlDbType.Bytea => Column<byte[]?>(rows, column),
                    _ => Column<string?>(rows, column),
                }
            );
        return command;
    }

    /// <exception cref="ArgumentException">Not as many values as the statement has parameters.</exception>
    public void CheckCount(int values)
    {
        if (values != _parameters.Length - 1)
            throw new ArgumentException(
                $"{_parameters.Length - 1} values are needed, {values} were given",
                nameof(values)
            );
    }

    private NpgsqlParameter<T[]> Column<T>(IReadOnlyList<object?[]> rows, int column)
    {
        var values = new T[rows.Count];
        for (var row = 0; row < values.Length; row++)
            values[row] = (T)rows[row][column]!;
        return new NpgsqlParameter<T[]>
        {
            TypedValue = values,
            NpgsqlDbType = NpgsqlDbType.Array | _types[column],
        };
    }

    private string Replace(string sql, Func<string, int, string> by) =>
        _parameters
            .Select((name, index) => (name, index))
            .OrderByDescending(pair => pair.name.Length)
            .Aggregate(
                sql,
                (text, pair) => text.Replace("@" + pair.name, by(pair.name, pair.index))
            );

    private string? MakeSet(string sql)
    {
        if (!sql.Contains(FromRows, StringComparison.Ordinal))
            return null;
        var lists = _types.Select(
            (type, index) =>
                $"${index + 1}::{(type == NpgsqlDbType.Bigint ? "bigint" : type == NpgsqlDbType.Bytea ? "bytea" : "text")}[]"
        );
        var rows =
            $"unnest({string.Join(", ", lists)}) AS each({string.Join(", ", _parameters.Select(name => "p_" + name))})";
        var set = Replace(WithoutPassingOver(sql), static (name, _) => "each.p_" + name)
            .Replace(FromRows, "FROM " + rows);
        return $"""
            WITH kept AS ({set} RETURNING 1)
            SELECT CASE WHEN COUNT(*) = cardinality($1) THEN 1 ELSE CAST('written one by one: ' || COUNT(*) AS BIGINT) END FROM kept
            """;
    }

    /// <summary>
    /// An insert that fails where it would pass over what is there already: then the list is written one by one, and told by the statement
    /// for one. Being ready to pass over takes PostgreSQL as long again as the row itself.
    /// </summary>
    private static string WithoutPassingOver(string sql) =>
        sql.EndsWith("DO NOTHING", StringComparison.Ordinal)
            ? sql[..sql.LastIndexOf("ON CONFLICT", StringComparison.Ordinal)]
            : sql;

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

    private DbCommand Bind(Session session, ReadOnlySpan<object?> values)
    {
        CheckCount(values.Length - 1);
        return session.Dialect == Dialect.Sqlite
            ? BindSqlite(session, values)
            : BindPostgres(session, values);
    }

    private SqliteCommand BindSqlite(Session session, ReadOnlySpan<object?> values)
    {
        if (!_queries.TryGetValue(session.Connection, out var command))
        {
            command = ((SqliteConnection)session.Connection).CreateCommand();
            command.CommandText = _sql;
            foreach (var name in _parameters)
                command.Parameters.AddWithValue("@" + name, DBNull.Value);
            _queries.Add(session.Connection, command);
        }
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }

    private NpgsqlCommand BindPostgres(Session session, ReadOnlySpan<object?> values)
    {
        var command = new NpgsqlCommand(
            _numbered,
            (NpgsqlConnection)session.Connection,
            (NpgsqlTransaction?)session.Transaction
        );
        AddValues(command.Parameters, values);
        return command;
    }

    private void AddValues(NpgsqlParameterCollection parameters, ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
            parameters.Add(
                new NpgsqlParameter { Value = values[i] ?? DBNull.Value, NpgsqlDbType = _types[i] }
            );
    }
}
