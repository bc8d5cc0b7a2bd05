using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Sluice.Server.Store;

/// <summary>
/// A query of a hot path by one key, prepared once for a connection of the embedded store and driven without ADO.NET, which costs more than
/// SQLite does. One thread at a time, as its connection.
/// </summary>
internal sealed class SqliteLookup
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    /// <param name="connection">Open; the query ends with it.</param>
    /// <param name="sql">With one parameter, of bytes.</param>
    /// <exception cref="SqliteException">The query cannot be prepared.</exception>
    public SqliteLookup(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        SqliteException.ThrowExceptionForRC(
            raw.sqlite3_prepare_v2(_database, sql, out _statement),
            _database
        );
        connection.StateChange += (_, change) =>
        {
            if (change.CurrentState == ConnectionState.Closed)
                _statement.Dispose();
        };
    }

    /// <summary>The first row with the key, as <paramref name="read"/> makes it; null when there is none.</summary>
    /// <exception cref="SqliteException">The database cannot be asked.</exception>
    public T? Find<T>(ReadOnlySpan<byte> key, Func<SqliteRow, T> read)
        where T : class
    {
        try
        {
            SqliteException.ThrowExceptionForRC(
                raw.sqlite3_bind_blob(_statement, 1, key),
                _database
            );
            var found = raw.sqlite3_step(_statement);
            if (found == raw.SQLITE_ROW)
                return read(new SqliteRow(_statement));
            SqliteException.ThrowExceptionForRC(found, _database);
            return null;
        }
        finally
        {
            // The error, if there is one, was told by the step.
            _ = raw.sqlite3_reset(_statement);
        }
    }
}

/// <summary>A row that is being read, of whichever store.</summary>
internal interface IRow
{
    bool IsDBNull(int column);

    string GetString(int column);

    long GetInt64(int column);
}

/// <summary>The row that a query of SQLite stands at.</summary>
internal readonly struct SqliteRow(sqlite3_stmt statement) : IRow
{
    public bool IsDBNull(int column) =>
        raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    public string GetString(int column) =>
        raw.sqlite3_column_text(statement, column).utf8_to_string();

    public long GetInt64(int column) => raw.sqlite3_column_int64(statement, column);
}

/// <summary>The row that a reader of ADO.NET stands at.</summary>
internal readonly struct ReaderRow(DbDataReader reader) : IRow
{
    public bool IsDBNull(int column) => reader.IsDBNull(column);

    public string GetString(int column) => reader.GetString(column);

    public long GetInt64(int column) => reader.GetInt64(column);
}
