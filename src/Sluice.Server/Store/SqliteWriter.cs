using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Store;

/// <summary>
/// The one thread that writes to the embedded store: it drains what is waiting into one transaction and commits once, so
/// that a hundred callers share an fsync and a single caller waits for no timer.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    /// <summary>Most writes that share one commit.</summary>
    private const int GroupLimit = 512;

    private readonly Channel<Pending> _pending = Channel.CreateBounded<Pending>(
        new BoundedChannelOptions(16384)
        {
            SingleReader = true,
            FullMode = BoundedChannelFullMode.Wait,
        }
    );
    private readonly List<Pending> _group = new(GroupLimit);
    private readonly SqliteDatabase _database;
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private readonly SqliteStatement _savepoint;
    private readonly SqliteStatement _release;
    private readonly SqliteStatement _undo;
    private readonly Thread _thread;

    /// <param name="database">Whose sessions the writes get.</param>
    /// <param name="connection">Its own from now on.</param>
    public SqliteWriter(SqliteDatabase database, SqliteConnection connection)
    {
        (_database, _connection) = (database, connection);
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _savepoint = Prepare("SAVEPOINT work");
        _release = Prepare("RELEASE work");
        _undo = Prepare("ROLLBACK TO work");
        _thread = new Thread(Loop) { IsBackground = true, Name = "sqlite writer" };
        _thread.Start();
    }

    /// <summary>Writes; durable when it completes.</summary>
    public async Task<T> Write<T>(Func<Session, Task<T>> work, CancellationToken stop)
    {
        var pending = new PendingWork<T>(work);
        await _pending.Writer.WriteAsync(pending, stop);
        return await pending.Task;
    }

    /// <summary>The same of a small write, for which no savepoint is needed unless it fails.</summary>
    public async Task<IReadOnlyList<int>> Write(HotWrite write, CancellationToken stop)
    {
        var pending = new PendingHot(write);
        await _pending.Writer.WriteAsync(pending, stop);
        return await pending.Task;
    }

    /// <summary>Writes what waits, and ends.</summary>
    public void Dispose()
    {
        _pending.Writer.TryComplete();
        _thread.Join();
        _connection.Dispose();
    }

    private void Loop()
    {
        var reader = _pending.Reader;
        while (reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            _group.Clear();
            try
            {
                KeepGroup();
            }
            catch (Exception error)
            {
                TryRollback();
                Signals.WritesLost(_group.Count);
                foreach (var pending in _group)
                    pending.Fail(new StoreUnavailableException(error));
                FailWaiting(error);
                continue;
            }
            foreach (var pending in _group)
                pending.Complete();
        }
    }

    private void KeepGroup()
    {
        _begin.Execute([]);
        var session = new Session(_database, _connection, null);
        var kept = 0;
        // A savepoint costs as much as a row. As long as there are only small writes, none is set: should one of them
        // fail, all begin anew.
        var bare = true;
        while (_group.Count < GroupLimit && _pending.Reader.TryRead(out var pending))
        {
            _group.Add(pending);
            bare &= pending is PendingHot;
            if (!bare)
            {
                kept += RunAlone(pending, session);
            }
            else if (pending.Run(session))
            {
                kept++;
            }
            else
            {
                bare = false;
                _rollback.Execute([]);
                _begin.Execute([]);
                kept = _group.Sum(each => RunAlone(each, session));
            }
        }
        _commit.Execute([]);
        Signals.Committed(kept);
    }

    /// <returns>1, or 0 when it failed and was undone alone.</returns>
    private int RunAlone(Pending pending, Session session)
    {
        _savepoint.Execute([]);
        var kept = pending.Run(session);
        if (!kept)
            _undo.Execute([]);
        _release.Execute([]);
        return kept ? 1 : 0;
    }

    // BEGIN itself failed (a full disk, a lock that is not ours): those who wait must hear of it rather than spin.
    private void FailWaiting(Exception error)
    {
        while (_group.Count == 0 && _pending.Reader.TryRead(out var pending))
            pending.Fail(new StoreUnavailableException(error));
    }

    private void TryRollback()
    {
        try
        {
            _rollback.Execute([]);
        }
        catch (SqliteException)
        {
            // No transaction is open: SQLite has rolled it back by itself, as it does when the disk is full.
        }
    }

    private SqliteStatement Prepare(string sql) => new(_connection, sql, []);

    private abstract class Pending
    {
        /// <summary>False when the work failed by itself and must be undone alone.</summary>
        /// <exception cref="SqliteException">The whole group is lost.</exception>
        public abstract bool Run(Session session);

        public abstract void Complete();

        public abstract void Fail(Exception error);
    }

    private abstract class Pending<T> : Pending
    {
        private readonly TaskCompletionSource<T> _done = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        private T _result = default!;
        private Exception? _error;

        public Task<T> Task => _done.Task;

        public sealed override bool Run(Session session)
        {
            _error = null;
            try
            {
                _result = Do(session);
                return true;
            }
            catch (SqliteException error) when (SqliteDatabase.IsUnavailable(error))
            {
                throw;
            }
            catch (Exception error)
            {
                _error = error;
                return false;
            }
        }

        public sealed override void Complete()
        {
            if (_error is null)
                _done.TrySetResult(_result);
            else
                _done.TrySetException(_error);
        }

        public sealed override void Fail(Exception error) => _done.TrySetException(_error ?? error);

        protected abstract T Do(Session session);
    }

    private sealed class PendingWork<T>(Func<Session, Task<T>> work) : Pending<T>
    {
        // The driver's calls are synchronous underneath, so this never blocks on anything but the disk.
        protected override T Do(Session session) => work(session).GetAwaiter().GetResult();
    }

    /// <summary>It can be done again after it was undone.</summary>
    private sealed class PendingHot(HotWrite write) : Pending<IReadOnlyList<int>>
    {
        protected override IReadOnlyList<int> Do(Session session)
        {
            var rows = new int[write.Parts.Count];
            for (var i = 0; i < rows.Length; i++)
                rows[i] = write.Parts[i].Statement.ExecuteNow(session, write.Parts[i].Values);
            return rows;
        }
    }
}
