using System.Data.Common;

namespace Sluice.Server.Store;

/// <summary>The two dialects of SQL that the house speaks.</summary>
internal enum Dialect
{
    Sqlite,
    Postgres,
}

/// <summary>
/// The only way to the database. <see cref="Write{T}"/> is durable when it completes; <see cref="Read{T}"/> sees
/// every write that completed before it began.
/// </summary>
internal abstract class Database : IAsyncDisposable
{
    public abstract Dialect Dialect { get; }

    /// <summary>How rows that keep payloads are opened; whoever keeps payloads sets it before any is read.</summary>
    public PayloadOpener? Payloads { get; set; }

    /// <summary>
    /// Told of a tenant and its environment while a write of this process changes what is saved there, before that is
    /// durable: a hint for whoever remembers something of it. What another server writes is not told.
    /// </summary>
    public Action<string, string>? Changing { get; set; }

    /// <summary>For people: <c>sqlite</c> or <c>postgres</c>, never an address or a password.</summary>
    public string Name => Dialect == Dialect.Sqlite ? "sqlite" : "postgres";

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction of its own (on SQLite: a savepoint in the group's) and commits.
    /// The work must touch nothing but the session, and may be run on another thread.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The disk is full or the database is gone; nothing was kept.</exception>
    public abstract Task<T> Write<T>(Func<Session, Task<T>> work, CancellationToken stop = default);

    /// <summary>
    /// Keeps a small write of hot statements, whole or not at all, in one commit with those of others that come at the same time. One
    /// that is at fault takes no other with it.
    /// </summary>
    /// <returns>The number of rows that each of its statements changed.</returns>
    /// <param name="write">Not to be added to any more.</param>
    /// <param name="stop">Ends the wait, not the write.</param>
    /// <exception cref="StoreUnavailableException">The disk is full or the database is gone. When the connection broke, the write may have been kept.</exception>
    public abstract Task<IReadOnlyList<int>> Write(
        HotWrite write,
        CancellationToken stop = default
    );

    /// <summary>Runs <paramref name="work"/> outside a transaction: each statement sees what is committed.</summary>
    /// <exception cref="StoreUnavailableException">The database is gone.</exception>
    public abstract Task<T> Read<T>(Func<Session, Task<T>> work, CancellationToken stop = default);

    /// <summary>Takes the connection that migrations run on, alone, under the dialect's lock.</summary>
    public abstract Task Migrate(Func<DbConnection, Task> migrate, CancellationToken stop);

    public abstract ValueTask DisposeAsync();

    /// <summary>See <see cref="Changing"/>.</summary>
    public void TellChanging(string tenantId, string environment) =>
        Changing?.Invoke(tenantId, environment);

    public Task Write(Func<Session, Task> work, CancellationToken stop = default) =>
        Write(
            async session =>
            {
                await work(session);
                return true;
            },
            stop
        );
}

/// <summary>The database cannot do it now. Carries no text of the driver's beyond its own log line.</summary>
internal class StoreUnavailableException(Exception inner)
    : Exception("the store is unavailable", inner);
