using Npgsql;
using Sluice.Server.Tests.Runs;

[assembly: AssemblyFixture(typeof(Sluice.Server.Tests.Houses))]

namespace Sluice.Server.Tests;

/// <summary>One server on each store, shared by tests that make tenants of their own.</summary>
public sealed class Houses : IAsyncLifetime
{
    private readonly Lazy<Task<TestHouse>> _sqlite = new(() => TestHouse.Open());
    private readonly Lazy<Task<TestHouse>> _postgres = new(async () =>
        await TestHouse.Open(store: await NewPostgres())
    );

    private readonly Lazy<Task<RunGround>> _sqliteGround = new(() => RunGround.Open());
    private readonly Lazy<Task<RunGround>> _postgresGround = new(async () =>
        await RunGround.Open(await NewPostgres())
    );

    internal Task<TestHouse> Sqlite => _sqlite.Value;

    internal Task<TestHouse> Postgres => _postgres.Value;

    internal Task<RunGround> SqliteGround => _sqliteGround.Value;

    internal Task<RunGround> PostgresGround => _postgresGround.Value;

    /// <summary>An empty database of the PostgreSQL that <c>./dev test</c> starts.</summary>
    /// <param name="how">What else <c>CREATE DATABASE</c> is to be told.</param>
    internal static async Task<string> NewPostgres(string how = "")
    {
        var server =
            Environment.GetEnvironmentVariable("SLUICE_TEST_POSTGRES")
            ?? throw new InvalidOperationException(
                "SLUICE_TEST_POSTGRES names no server: run the tests through ./dev test, which starts one"
            );
        var name = $"sluice_{Guid.NewGuid():N}";
        await using var source = NpgsqlDataSource.Create(server);
        await using var command = source.CreateCommand($"CREATE DATABASE {name} {how}");
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(server)
        {
            Database = name,
            MaxPoolSize = 20,
        }.ToString();
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await End(_sqlite);
        await End(_postgres);
        await End(_sqliteGround);
        await End(_postgresGround);
    }

    private static async Task End<T>(Lazy<Task<T>> opened)
        where T : IAsyncDisposable
    {
        if (opened is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            await (await opened.Value).DisposeAsync();
    }
}
