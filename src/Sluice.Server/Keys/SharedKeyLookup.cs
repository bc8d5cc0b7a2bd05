using System.Buffers.Binary;
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
    private const int MostTogether = 128;

    private readonly PostgresDatabase _database;
    private readonly Channel<Waiting> _waiting = Channel.CreateUnbounded<Waiting>(
        new UnboundedChannelOptions { SingleReader = true }
    );

    public SharedKeyLookup(PostgresDatabase database)
    {
        _database = database;
        // One asks: a second line would split the same look-ups into twice the queries, each for half of them.
        _ = Task.Run(Work);
    }

    /// <exception cref="StoreUnavailableException">The database cannot be asked.</exception>
    public Task<FoundKey?> Find(byte[] hash)
    {
        var waiting = new Waiting(hash);
        _waiting.Writer.TryWrite(waiting);
        return waiting.Found.Task;
    }

    private async Task Work()
    {
        var together = new List<Waiting>(MostTogether);
        Line? line = null;
        while (await _waiting.Reader.WaitToReadAsync())
        {
            together.Clear();
            while (together.Count < MostTogether && _waiting.Reader.TryRead(out var waiting))
                together.Add(waiting);
            if (together.Count > 0)
                line = await Answer(together, line);
        }
    }

    /// <summary>Answers all of them, by this line or, when it has broken since it was last used, by a new one.</summary>
    /// <returns>The line to go on with; null when there is none.</returns>
    private async Task<Line?> Answer(List<Waiting> together, Line? line)
    {
        var fresh = line is null;
        try
        {
            line ??= await Line.Open(_database);
            await line.Ask(together);
            return line;
        }
        catch (Exception error)
        {
            if (line is not null)
                await line.DisposeAsync();
            _database.Forget();
            if (!fresh)
                return await Answer(together, null);
            foreach (var waiting in together)
                waiting.Found.TrySetException(new StoreUnavailableException(error));
            return null;
        }
    }

    /// <summary>A connection that is kept, with the query prepared on it.</summary>
    private sealed class Line : IAsyncDisposable
    {
        private readonly NpgsqlConnection _connection;
        private readonly NpgsqlParameter<byte[][]> _hashes = new()
        {
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea,
            TypedValue = [],
        };
        private readonly NpgsqlCommand _command;
        private int _asked;

        private Line(NpgsqlConnection connection)
        {
            _connection = connection;
            _command = new NpgsqlCommand(KeyLookup.Sql + " = ANY($1)", connection);
            _command.Parameters.Add(_hashes);
        }

        public static async Task<Line> Open(PostgresDatabase database)
        {
            var line = new Line(await database.Hot.OpenConnectionAsync());
            try
            {
                await line._command.PrepareAsync();
                return line;
            }
            catch
            {
                await line.DisposeAsync();
                throw;
            }
        }

        public async Task Ask(List<Waiting> together)
        {
            if (PostgresDatabase.IsTimeToPlan(++_asked))
                await PostgresDatabase.PlanAnew(_connection);
            // A gateway asks with one key of its own about a few that are shown to it often: each is asked for once.
            var found = new Dictionary<byte[], FoundKey?>(together.Count, HashEquality.Of);
            foreach (var waiting in together)
                found.TryAdd(waiting.Hash, null);
            _hashes.TypedValue = [.. found.Keys];
            await using (var reader = await _command.ExecuteReaderAsync())
            {
                while (await reader.ReadAsync())
                    found[reader.GetFieldValue<byte[]>(KeyLookup.HashColumn)] = KeyLookup.Map(
                        new ReaderRow(reader)
                    );
            }
            foreach (var waiting in together)
                waiting.Found.TrySetResult(found[waiting.Hash]);
        }

        public async ValueTask DisposeAsync()
        {
            await _command.DisposeAsync();
            await _connection.DisposeAsync();
        }
    }

    /// <summary>
    /// Of two SHA-256, in the ordinary way, as the database compared them: a caller cannot choose how one begins.
    /// </summary>
    private sealed class HashEquality : IEqualityComparer<byte[]>
    {
        public static readonly HashEquality Of = new();

        public bool Equals(byte[]? hash, byte[]? other) => hash.AsSpan().SequenceEqual(other);

        public int GetHashCode(byte[] hash) => BinaryPrimitives.ReadInt32LittleEndian(hash);
    }

    private sealed record Waiting(byte[] Hash)
    {
        public TaskCompletionSource<FoundKey?> Found { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
