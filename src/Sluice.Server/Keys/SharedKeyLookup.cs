using System.Threading.Channels;
using Npgsql;
using NpgsqlTypes;
using Sluice.Server.Store;

namespace Sluice.Server.Keys;

/// <summary>
/// Look-ups that wait at the same time share one query. Each is still asked of the database after it came in, so
/// a revocation that was answered before the request is always seen; sharing only spares round trips.
/// </summary>
internal sealed class SharedKeyLookup
{
    /// <summary>Two queries under way: one is read while the other is on its way.</summary>
    private const int Workers = 2;
    private const int MostTogether = 128;

    private readonly PostgresDatabase _database;
    private readonly Channel<Waiting> _waiting = Channel.CreateUnbounded<Waiting>();

    public SharedKeyLookup(PostgresDatabase database)
    {
        _database = database;
        for (var i = 0; i < Workers; i++)
            _ = Task.Run(Work);
    }

    public Task<FoundKey?> Find(byte[] hash, CancellationToken stop)
    {
        var waiting = new Waiting(hash);
        _waiting.Writer.TryWrite(waiting);
        return waiting.Found.Task.WaitAsync(stop);
    }

    private async Task Work()
    {
        var together = new List<Waiting>(MostTogether);
        while (await _waiting.Reader.WaitToReadAsync())
        {
            together.Clear();
            while (together.Count < MostTogether && _waiting.Reader.TryRead(out var waiting))
                together.Add(waiting);
            if (together.Count == 0)
                continue;
            try
            {
                await Ask(together);
            }
            catch (Exception error)
            {
                foreach (var waiting in together)
                    waiting.Found.TrySetException(
                        error is StoreUnavailableException
                            ? error
                            : new StoreUnavailableException(error)
                    );
            }
        }
    }

    private Task<bool> Ask(List<Waiting> together) =>
        _database.Read(async session =>
        {
            await using var command = new NpgsqlCommand(
                KeyLookup.Sql + " = ANY($1)",
                (NpgsqlConnection)session.Connection
            );
            command.Parameters.Add(
                new NpgsqlParameter
                {
                    Value = together.Select(waiting => waiting.Hash).ToArray(),
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea,
                }
            );
            var found = new List<(byte[] Hash, FoundKey Key)>(together.Count);
            await using (var reader = await command.ExecuteReaderAsync())
            {
                while (await reader.ReadAsync())
                    found.Add(
                        ((byte[])reader.GetValue(KeyLookup.HashColumn), KeyLookup.Map(reader))
                    );
            }
            // Compared as look-up results of the database's own equality; a hash is no secret that timing could leak.
            foreach (var waiting in together)
                waiting.Found.TrySetResult(
                    found.FirstOrDefault(row => row.Hash.AsSpan().SequenceEqual(waiting.Hash)).Key
                );
            return true;
        });

    private sealed record Waiting(byte[] Hash)
    {
        public TaskCompletionSource<FoundKey?> Found { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
