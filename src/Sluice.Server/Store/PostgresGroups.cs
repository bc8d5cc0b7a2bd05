using Npgsql;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Store;

/// <summary>
/// Group commit for PostgreSQL. A write that finds nobody at work goes at once, on its caller's own thread; those that
/// come meanwhile wait, and go together: one round trip, one transaction, a statement for all rows of a kind. A group
/// that is refused (one of its members is at fault, or changed no row) is written again one by one, so that nobody pays
/// for another.
/// </summary>
internal sealed class PostgresGroups
{
    private const int Lines = 4;

    /// <summary>Many that wait are worth a further line; few cost less together, a little later.</summary>
    private const int WorthALine = 64;

    private const int MostTogether = 256;

    /// <summary>Large values travel in small groups.</summary>
    private const long MostBytes = 4 << 20;

    private readonly Lock _gate = new();
    private readonly Queue<Waiting> _waiting = new();
    private readonly Stack<PostgresLine> _free = new();

    public PostgresGroups(NpgsqlDataSource source)
    {
        for (var i = 0; i < Lines; i++)
            _free.Push(new PostgresLine(source));
    }

    /// <returns>The number of rows that each statement changed; durable.</returns>
    /// <exception cref="StoreUnavailableException">The database is gone; whether anything was kept is not known.</exception>
    public Task<IReadOnlyList<int>> Write(HotWrite write)
    {
        var waiting = new Waiting(write);
        PostgresLine? line;
        List<Waiting>? group = null;
        lock (_gate)
        {
            if (_free.Count < Lines)
            {
                _waiting.Enqueue(waiting);
                if (_waiting.Count < WorthALine || !_free.TryPop(out line))
                    return waiting.Rows;
                group = Take();
            }
            else
            {
                line = _free.Pop();
            }
        }
        if (group is null)
            return Lead(line, waiting);
        _ = Follow(line, group);
        return waiting.Rows;
    }

    private async Task<IReadOnlyList<int>> Lead(PostgresLine line, Waiting own)
    {
        await line.Keep([own]);
        if (Next(line) is { } group)
            _ = Follow(line, group);
        return await own.Rows;
    }

    private async Task Follow(PostgresLine line, List<Waiting> first)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        List<Waiting>? group = first;
        while (group is not null)
        {
            await line.Keep(group);
            group = Next(line);
        }
    }

    /// <summary>Who waits now, or null, and then the line is free.</summary>
    private List<Waiting>? Next(PostgresLine line)
    {
        lock (_gate)
        {
            var othersWork = _free.Count < Lines - 1;
            if (_waiting.Count >= (othersWork ? WorthALine : 1))
                return Take();
            _free.Push(line);
            return null;
        }
    }

    private List<Waiting> Take()
    {
        var group = new List<Waiting>(Math.Min(_waiting.Count, MostTogether));
        var bytes = 0L;
        while (group.Count < MostTogether && bytes < MostBytes && _waiting.TryDequeue(out var next))
        {
            group.Add(next);
            bytes += next.Write.Bytes;
        }
        return group;
    }

    /// <summary>A write and whoever waits for it.</summary>
    internal sealed class Waiting(HotWrite write)
    {
        private readonly TaskCompletionSource<IReadOnlyList<int>> _rows = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );

        public HotWrite Write => write;

        public Task<IReadOnlyList<int>> Rows => _rows.Task;

        public void Done(IReadOnlyList<int> rows)
        {
            Signals.WriteCommitted();
            _rows.TrySetResult(rows);
        }

        public void Fail(Exception error) => _rows.TrySetException(error);
    }
}
