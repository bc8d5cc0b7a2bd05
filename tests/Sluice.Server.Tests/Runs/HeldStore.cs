using Microsoft.Data.Sqlite;
using Npgsql;

namespace Sluice.Server.Tests.Runs;

/// <summary>Lets nobody add to a store for a while.</summary>
internal static class HeldStore
{
    /// <summary>Nothing can be written until it is disposed.</summary>
    public static async Task<IAsyncDisposable> Embedded(RunGround ground)
    {
        var held = new SqliteConnection(
            $"Data Source={Path.Combine(ground.House.Data, "sluice.db")};Pooling=False"
        );
        await held.OpenAsync();
        await using var begin = held.CreateCommand();
        begin.CommandText = "BEGIN IMMEDIATE";
        await begin.ExecuteNonQueryAsync();
        return held;
    }

    /// <summary>Nothing can be written to these tables until it is disposed; all else can.</summary>
    public static async Task<IAsyncDisposable> Postgres(string store, string tables)
    {
        var held = new NpgsqlConnection(store);
        await held.OpenAsync();
        await using var command = new NpgsqlCommand(
            $"BEGIN; LOCK TABLE {tables} IN EXCLUSIVE MODE",
            held
        );
        await command.ExecuteNonQueryAsync();
        return held;
    }

    /// <summary>Waits until a write waits for a table that is held.</summary>
    public static async Task UntilSomebodyWaits(string store, string table)
    {
        await using var connection = new NpgsqlConnection(store);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            $"SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND relation = '{table}'::regclass)",
            connection
        );
        await Until(async () => (bool)(await command.ExecuteScalarAsync())!);
    }

    /// <summary>Asks again until it is so, for a minute at most.</summary>
    public static async Task Until(Func<Task<bool>> so)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await so())
            Assert.False(patience.IsCancellationRequested, "waited for a minute");
    }
}
