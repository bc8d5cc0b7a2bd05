using System.Data.Common;
using Dapper;

namespace Sluice.Server.Store;

/// <summary>A connection for the length of one piece of work, and the guard in front of it.</summary>
internal sealed class Session(
    Database database,
    DbConnection connection,
    DbTransaction? transaction
)
{
    static Session() => DefaultTypeMap.MatchNamesWithUnderscores = true;

    public Dialect Dialect => database.Dialect;

    /// <summary>An empty value of the dialect's bytes, for lists that leave a payload out.</summary>
    public string EmptyBytes => Dialect == Dialect.Sqlite ? "x''" : "''::bytea";

    /// <summary>For hot paths that keep their own prepared commands.</summary>
    public DbConnection Connection => connection;

    public DbTransaction? Transaction => transaction;

    /// <summary>See <see cref="Database.Changing"/>.</summary>
    public void TellChanging(string tenantId, string environment) =>
        database.TellChanging(tenantId, environment);

    /// <summary>Brings a row that was read into the form in which it is used.</summary>
    public ValueTask Open(IKeptRow row) =>
        row.Open(
            this,
            database.Payloads
                ?? throw new InvalidOperationException("nobody has said how payloads are kept")
        );

    /// <summary>Statements on one tenant's rows; <c>@tenant</c> is bound here and nowhere else.</summary>
    public Statements Of(string tenantId)
    {
        ArgumentException.ThrowIfNullOrEmpty(tenantId);
        return new Statements(this, tenantId);
    }

    /// <summary>Statements on tables that belong to no tenant.</summary>
    public Statements House => new(this, null);

    /// <summary>Statements that must look across tenants; the reason is for the reader.</summary>
    public Statements Across(string reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        return new Statements(this, null, across: true);
    }
}

/// <summary>Guarded statements: see <see cref="TenantGuard"/>.</summary>
internal readonly struct Statements(Session session, string? tenant, bool across = false)
{
    public async Task<IReadOnlyList<T>> Query<T>(string sql, object? parameters = null)
    {
        var rows = (
            await session.Connection.QueryAsync<T>(sql, Bind(sql, parameters), session.Transaction)
        ).AsList();
        if (typeof(IKeptRow).IsAssignableFrom(typeof(T)))
        {
            foreach (var row in rows)
                await session.Open((IKeptRow)row!);
        }
        return rows;
    }

    public async Task<T?> First<T>(string sql, object? parameters = null)
    {
        var row = await session.Connection.QueryFirstOrDefaultAsync<T?>(
            sql,
            Bind(sql, parameters),
            session.Transaction
        );
        if (row is IKeptRow kept)
            await session.Open(kept);
        return row;
    }

    /// <summary>The number of rows that changed.</summary>
    public Task<int> Execute(string sql, object? parameters = null) =>
        session.Connection.ExecuteAsync(sql, Bind(sql, parameters), session.Transaction);

    private DynamicParameters Bind(string sql, object? parameters)
    {
        if (!across)
            TenantGuard.Check(sql, tenant is not null);
        var bound = new DynamicParameters(parameters);
        if (tenant is not null)
            bound.Add("tenant", tenant);
        return bound;
    }
}
