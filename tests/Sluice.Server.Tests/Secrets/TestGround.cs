using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Sluice.Server.Tests.Secrets;

/// <summary>A data folder and an empty store, kept over restarts of a server and removed at the end.</summary>
/// <param name="postgres">Whether the store is a database of its own on the PostgreSQL server that <c>SLUICE_TEST_POSTGRES</c> names.</param>
internal sealed class TestGround(bool postgres) : IAsyncDisposable
{
    private static readonly string? Server = Environment.GetEnvironmentVariable(
        "SLUICE_TEST_POSTGRES"
    );

    private string? _store = postgres ? null : "sqlite";
    private string _database = "";

    public string Folder { get; } = Directory.CreateTempSubdirectory("sluice-test-").FullName;

    /// <summary>What <c>--store</c> takes; skips the test where there is no PostgreSQL.</summary>
    public async Task<string> Store()
    {
        if (_store is not null)
            return _store;
        Assert.SkipWhen(Server is null, "SLUICE_TEST_POSTGRES names no server.");
        _database = $"sluice_{Guid.NewGuid():N}";
        await OnServer($"CREATE DATABASE {_database}");
        return _store = new NpgsqlConnectionStringBuilder(Server)
        {
            Database = _database,
            MaxPoolSize = 20,
        }.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        if (_database.Length > 0)
            await OnServer($"DROP DATABASE {_database} WITH (FORCE)");
    }

    private static async Task OnServer(string sql)
    {
        await using var connection = new NpgsqlConnection(Server);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>Promises that hold on either store: each suite has a class for SQLite and one for PostgreSQL.</summary>
public abstract class StoreSuite(bool postgres)
{
    private protected TestGround NewGround() => new(postgres);

    /// <summary>A server on new ground, cleared at the end.</summary>
    private protected Task<SecretHouse> Start(
        string[]? settings = null,
        Action<IServiceCollection>? adjust = null
    ) => SecretHouse.Start(NewGround(), owns: true, settings, adjust);

    /// <summary>A server on ground that outlives it.</summary>
    private protected static Task<SecretHouse> Start(
        TestGround ground,
        string[]? settings = null
    ) => SecretHouse.Start(ground, owns: false, settings);
}
