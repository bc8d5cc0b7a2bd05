using System.Data;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Sluice.Server.Store;

/// <summary>
/// A write of a hot path, prepared once for a connection of the embedded store and driven without ADO.NET, as
/// <see cref="SqliteLookup"/> is. One thread at a time, as its connection.
/// </summary>
internal sealed class SqliteStatement
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly int[] _places;

    /// <param name="connection">Open; the statement ends with it.</param>
    /// <param name="sql">With named parameters, each perhaps more than once.</param>
    /// <param name="parameters">Their names, with the at sign, in the order in which values are given.</param>
    /// <exception cref="SqliteException">The statement cannot be prepared.</exception>
    public SqliteStatement(SqliteConnection connection, string sql, IEnumerable<string> parameters)
    {
        _database = connection.Handle!;
        SqliteException.ThrowExceptionForRC(
            raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement),
            _database
        );
        _places =
        [
            .. parameters.Select(name => raw.sqlite3_bind_parameter_index(_statement, name)),
        ];
        connection.StateChange += (_, change) =>
        {
            if (change.CurrentState == ConnectionState.Closed)
                _statement.Dispose();
        };
    }

    /// <summary>Binds text, long, byte[] or null, and executes.</summary>
    /// <returns>The number of rows that it changed.</returns>
    /// <exception cref="SqliteException">It changed nothing.</exception>
    public int Execute(ReadOnlySpan<object?> values)
    {
        try
        {
            for (var i = 0; i < values.Length; i++)
                SqliteException.ThrowExceptionForRC(Bind(_places[i], values[i]), _database);
            var done = raw.sqlite3_step(_statement);
            if (done != raw.SQLITE_DONE)
                SqliteException.ThrowExceptionForRC(done, _database);
            return raw.sqlite3_changes(_database);
        }
        finally
        {
            // The error, if there is one, was told by the step.
            _ = raw.sqlite3_reset(_statement);
        }
    }

    private int Bind(int place, object? value) =>
        value switch
        {
            null => raw.sqlite3_bind_null(_statement, place),
            string text => raw.sqlite3_bind_text(_statement, place, text),
            long number => raw.sqlite3_bind_int64(_statement, place, number),
            byte[] bytes => raw.sqlite3_bind_blob(_statement, place, bytes),
            _ => throw new ArgumentException(
                $"a hot statement takes text, long and byte[], not {value.GetType().Name}",
                nameof(value)
            ),
        };
}
