using System.Data.Common;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Sluice.Server.Store;

/// <summary>
/// The embedded store. One thread writes (<see cref="SqliteWriter"/>); readers have connections of their own.
/// </summary>
internal sealed class SqliteDatabase : Database
{
    private readonly string _path;
    private readonly SqliteReaders _readers;
    private readonly SqliteWriter _writer;

    static SqliteDatabase()
    {
        // The thin provider asks for a bundled library; the system's SQLite is newer and is patched by the distribution.
        NativeLibrary.SetDllImportResolver(
            typeof(SQLitePCL.SQLite3Provider_e_sqlite3).Assembly,
            static (name, assembly, _) =>
                name == "e_sqlite3" && NativeLibrary.TryLoad("libsqlite3.so.0", out var handle)
                    ? handle
                    : NativeLibrary.Load(name, assembly, null)
        );
        SQLitePCL.raw.SetProvider(new SQLitePCL.SQLite3Provider_e_sqlite3());
        // A connection of ours is used by one thread at a time, so SQLite's own locks around each call, and around the
        // counters of its memory, protect nothing: they were a tenth of a key check.
        _ = SQLitePCL.raw.sqlite3_config(SQLitePCL.raw.SQLITE_CONFIG_MULTITHREAD);
        _ = SQLitePCL.raw.sqlite3_config(SQLitePCL.raw.SQLITE_CONFIG_MEMSTATUS, 0);
    }

    private SqliteDatabase(string path)
    {
        _path = path;
        _writer = new SqliteWriter(this, Open(path, readOnly: false));
        _readers = new SqliteReaders(() => Open(path, readOnly: true));
    }

    public override Dialect Dialect => Dialect.Sqlite;

    /// <summary>Opens or makes the file; its folder must exist.</summary>
    public static SqliteDatabase OpenFile(string path) => new(path);

    public override Task<T> Write<T>(
        Func<Session, Task<T>> work,
        CancellationToken stop = default
    ) => _writer.Write(work, stop);

    public override Task<IReadOnlyList<int>> Write(
        HotWrite write,
        CancellationToken stop = default
    ) => _writer.Write(write, stop);

    public override async Task<T> Read<T>(
        Func<Session, Task<T>> work,
        CancellationToken stop = default
    )
    {
        var connection = _readers.Take();
        try
        {
            return await work(new Session(this, connection, null));
        }
        catch (SqliteException error) when (IsUnavailable(error))
        {
            throw new StoreUnavailableException(error);
        }
        finally
        {
            _readers.Return(connection);
        }
    }

    /// <summary>As <see cref="Database.Read{T}"/>, for a hot path that reads without waiting: no task, no closure.</summary>
    /// <param name="read">Gets the connection, which is its own until it returns, and <paramref name="what"/>.</param>
    /// <param name="what">What is asked.</param>
    /// <exception cref="StoreUnavailableException">The database is gone.</exception>
    public TResult ReadNow<TWhat, TResult>(Func<SqliteConnection, TWhat, TResult> read, TWhat what)
    {
        var connection = _readers.Take();
        try
        {
            return read(connection, what);
        }
        catch (SqliteException error) when (IsUnavailable(error))
        {
            throw new StoreUnavailableException(error);
        }
        finally
        {
            _readers.Return(connection);
        }
    }

    public override async Task Migrate(Func<DbConnection, Task> migrate, CancellationToken stop)
    {
        await using var connection = Open(_path, readOnly: false);
        await Run(connection, "BEGIN EXCLUSIVE");
        try
        {
            await migrate(connection);
            await Run(connection, "COMMIT");
        }
        catch
        {
            await Run(connection, "ROLLBACK");
            throw;
        }
    }

    /// <summary>Copies the running store into a new file, as of now, without stopping writers.</summary>
    public static async Task CopyTo(string path, string target, CancellationToken stop)
    {
        await using var connection = Open(path, readOnly: true);
        await using var command = connection.CreateCommand();
        // The connection cannot write to the store in any case; the copy is what it must be able to write.
        command.CommandText = "PRAGMA query_only=0; VACUUM INTO $target";
        command.Parameters.AddWithValue("$target", target);
        await command.ExecuteNonQueryAsync(stop);
    }

    public override async ValueTask DisposeAsync()
    {
        await Task.Run(_writer.Dispose);
        _readers.Dispose();
    }

    private static SqliteConnection Open(string path, bool readOnly)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = path,
                Mode = readOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWriteCreate,
                Pooling = false,
                DefaultTimeout = 30,
            }.ToString()
        );
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = readOnly
            ? "PRAGMA busy_timeout=5000; PRAGMA mmap_size=268435456; PRAGMA query_only=1"
            : "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000; PRAGMA foreign_keys=ON; "
                + "PRAGMA secure_delete=ON; PRAGMA wal_autocheckpoint=2000; PRAGMA cache_size=-32768";
        command.ExecuteNonQuery();
        return connection;
    }

    private static async Task Run(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Disk full, I/O error, cannot open, read-only, busy for longer than the time-out, corrupt.</summary>
    internal static bool IsUnavailable(SqliteException error) =>
        error.SqliteErrorCode is 5 or 6 or 8 or 10 or 11 or 13 or 14 or 26;

    /// <summary>Whether an error says that the file itself is damaged, or is no database.</summary>
    internal static bool IsBroken(Exception error) =>
        (error as SqliteException ?? error.InnerException as SqliteException)?.SqliteErrorCode
            is 1
                or 11
                or 26;
}

/// <summary>Read connections, kept open with their statement caches; at most a few lie idle. The first that is free is taken, so that few stay warm.</summary>
internal sealed class SqliteReaders(Func<SqliteConnection> open) : IDisposable
{
    private readonly SqliteConnection?[] _idle = new SqliteConnection?[16];
    private volatile bool _disposed;

    public SqliteConnection Take()
    {
        for (var i = 0; i < _idle.Length; i++)
        {
            if (_idle[i] is not null && Interlocked.Exchange(ref _idle[i], null) is { } connection)
                return connection;
        }
        return open();
    }

    public void Return(SqliteConnection connection)
    {
        for (var i = 0; i < _idle.Length && !_disposed; i++)
        {
            if (
                _idle[i] is null
                && Interlocked.CompareExchange(ref _idle[i], connection, null) is null
            )
                return;
        }
        connection.Dispose();
    }

    public void Dispose()
    {
        _disposed = true;
        for (var i = 0; i < _idle.Length; i++)
            Interlocked.Exchange(ref _idle[i], null)?.Dispose();
    }
}
