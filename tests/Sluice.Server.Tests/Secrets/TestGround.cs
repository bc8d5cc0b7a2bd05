using Microsoft.Extensions.DependencyInjection;

namespace Sluice.Server.Tests.Secrets;

/// <summary>A data folder and an empty store, kept over restarts of a server.</summary>
/// <param name="postgres">Whether the store is a database of its own on the PostgreSQL server that <c>SLUICE_TEST_POSTGRES</c> names.</param>
internal sealed class TestGround(bool postgres) : IDisposable
{
    private string? _store = postgres ? null : "sqlite";

    public string Folder { get; } = Directory.CreateTempSubdirectory("sluice-test-").FullName;

    /// <summary>What <c>--store</c> takes.</summary>
    public async Task<string> Store() => _store ??= await Houses.NewPostgres();

    public void Dispose() => DataFolder.Remove(Folder);
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
