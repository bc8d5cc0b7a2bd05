using System.Data.Common;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Store;

/// <summary>
/// The embedded store. One thread writes: it drains what is waiting into one transaction and commits once, so that
/// a hundred callers share an fsync and a single caller waits for no timer. Readers have connections of their own.
/// </summary>
internal sealed class SqliteDatabase : Database
{
    /// <summary>Most writes that share one commit.</summary>
    private const int GroupLimit = 512;

    private readonly string _path;
    private readonly Channel<Pending> _pending = Channel.CreateBounded<Pending>(
        new BoundedChannelOptions(16384)
        {
            SingleReader = true,
            FullMode = BoundedChannelFullMode.Wait,
        }
    );
    private readonly SqliteReaders _readers;
    private readonly SqliteConnection _writer;
    private readonly Thread _thread;

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
        _writer = Open(path, readOnly: false);
        _readers = new SqliteReaders(() => Open(path, readOnly: true));
        _thread = new Thread(WriteLoop) { IsBackground = true, Name = "sqlite writer" };
        _thread.Start();
    }

    public override Dialect Dialect => Dialect.Sqlite;

    /// <summary>Opens or makes the file; its folder must exist.</summary>
    public static SqliteDatabase OpenFile(string path) => new(path);

    public override async Task<T> Write<T>(
        Func<Session, Task<T>> work,
        CancellationToken stop = default
    )
    {
        var pending = new Pending<T>(work);
        await _pending.Writer.WriteAsync(pending, stop);
        return await pending.Task;
    }

    public override Task<IReadOnlyList<int>> Write(
        HotWrite write,
        CancellationToken stop = default
    ) =>
        Write(
            session =>
            {
                var rows = new int[write.Parts.Count];
                for (var i = 0; i < rows.Length; i++)
                    rows[i] = write.Parts[i].Statement.ExecuteNow(session, write.Parts[i].Values);
                return Task.FromResult<IReadOnlyList<int>>(rows);
            },
            stop
        );

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
        _pending.Writer.TryComplete();
        await Task.Run(_thread.Join);
        _readers.Dispose();
        await _writer.DisposeAsync();
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

    private void WriteLoop()
    {
        var reader = _pending.Reader;
        var group = new List<Pending>(GroupLimit);
        using var begin = Prepare("BEGIN IMMEDIATE");
        using var commit = Prepare("COMMIT");
        using var rollback = Prepare("ROLLBACK");
        using var savepoint = Prepare("SAVEPOINT work");
        using var release = Prepare("RELEASE work");
        using var undo = Prepare("ROLLBACK TO work");
        while (reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            group.Clear();
            try
            {
                begin.ExecuteNonQuery();
                var session = new Session(this, _writer, null);
                var kept = 0;
                while (group.Count < GroupLimit && reader.TryRead(out var pending))
                {
                    group.Add(pending);
                    savepoint.ExecuteNonQuery();
                    if (pending.Run(session))
                        kept++;
                    else
                        undo.ExecuteNonQuery();
                    release.ExecuteNonQuery();
                }
                commit.ExecuteNonQuery();
                Signals.Committed(kept);
            }
            catch (Exception error)
            {
                TryRollback(rollback);
                Signals.WritesLost(group.Count);
                foreach (var pending in group)
                    pending.Fail(new StoreUnavailableException(error));
                FailWaiting(reader, error, group.Count == 0);
                continue;
            }
            foreach (var pending in group)
                pending.Complete();
        }
    }

    // BEGIN itself failed (a full disk, a lock that is not ours): those who wait must hear of it rather than spin.
    private static void FailWaiting(
        ChannelReader<Pending> reader,
        Exception error,
        bool beginFailed
    )
    {
        while (beginFailed && reader.TryRead(out var pending))
            pending.Fail(new StoreUnavailableException(error));
    }

    private static void TryRollback(SqliteCommand rollback)
    {
        try
        {
            rollback.ExecuteNonQuery();
        }
        catch (SqliteException)
        {
            // No transaction is open: SQLite has rolled it back by itself, as it does when the disk is full.
        }
    }

    private SqliteCommand Prepare(string sql)
    {
        var command = _writer.CreateCommand();
        command.CommandText = sql;
        return command;
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

    private abstract class Pending
    {
        /// <summary>False when the work failed by itself and must be undone alone.</summary>
        /// <exception cref="SqliteException">The whole group is lost.</exception>
        public abstract bool Run(Session session);

        public abstract void Complete();

        public abstract void Fail(Exception error);
    }

    private sealed class Pending<T>(Func<Session, Task<T>> work) : Pending
    {
        private readonly TaskCompletionSource<T> _done = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        private T _result = default!;
        private Exception? _error;

        public Task<T> Task => _done.Task;

        public override bool Run(Session session)
        {
            try
            {
                // The driver's calls are synchronous underneath, so this never blocks on anything but the disk.
                _result = work(session).GetAwaiter().GetResult();
                return true;
            }
            catch (SqliteException error) when (IsUnavailable(error))
            {
                throw;
            }
            catch (Exception error)
            {
                _error = error;
                return false;
            }
        }

        public override void Complete()
        {
            if (_error is null)
                _done.TrySetResult(_result);
            else
                _done.TrySetException(_error);
        }

        public override void Fail(Exception error) => _done.TrySetException(_error ?? error);
    }
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
