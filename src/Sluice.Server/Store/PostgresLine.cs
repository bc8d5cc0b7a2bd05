using System.Diagnostics;
using Npgsql;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Store;

/// <summary>A connection that is kept, for one group of writes at a time.</summary>
internal sealed class PostgresLine(NpgsqlDataSource source)
{
    private static readonly TimeSpan TrustedFor = TimeSpan.FromMilliseconds(100);

    private NpgsqlConnection? _connection;
    private int _groups;
    private long _lastUse;

    /// <summary>Writes them and tells each how it went; throws nothing.</summary>
    public async Task Keep(List<PostgresGroups.Waiting> group)
    {
        try
        {
            if (group.Count > 1 && await KeepTogether(group))
                return;
            foreach (var waiting in group)
                await KeepAlone(waiting);
        }
        catch (Exception error)
        {
            // Whatever stands in the way of a connection is the store's absence, as it is for other writes.
            var lost = error as StoreUnavailableException ?? new StoreUnavailableException(error);
            var missed = group.Where(waiting => !waiting.Rows.IsCompleted).ToList();
            Signals.WritesLost(missed.Count);
            foreach (var waiting in missed)
                waiting.Fail(lost);
            await Drop();
        }
    }

    private async Task<bool> KeepTogether(List<PostgresGroups.Waiting> group)
    {
        var connection = await Open();
        await using var batch = new NpgsqlBatch(connection);
        var plan = new GroupPlan(group, batch);
        try
        {
            await batch.ExecuteNonQueryAsync();
        }
        catch (PostgresException error) when (!PostgresDatabase.IsUnavailable(error))
        {
            return false;
        }
        Signals.Grouped(group.Count);
        plan.Tell();
        return true;
    }

    private async Task KeepAlone(PostgresGroups.Waiting waiting)
    {
        var connection = await Open();
        await using var batch = new NpgsqlBatch(connection);
        foreach (var part in waiting.Write.Parts)
            batch.BatchCommands.Add(part.Statement.One(part.Values));
        try
        {
            await batch.ExecuteNonQueryAsync();
        }
        catch (PostgresException error) when (!PostgresDatabase.IsUnavailable(error))
        {
            waiting.Fail(
                PostgresDatabase.IsVictim(error) ? new StoreUnavailableException(error) : error
            );
            return;
        }
        var rows = new int[batch.BatchCommands.Count];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = batch.BatchCommands[i].RecordsAffected;
        waiting.Done(rows);
    }

    private async ValueTask<NpgsqlConnection> Open()
    {
        if (_connection is not null && !await IsAlive(_connection))
            await Drop();
        if (_connection is null)
        {
            _connection = await source.OpenConnectionAsync();
            _groups = 0;
        }
        _lastUse = Stopwatch.GetTimestamp();
        if (PostgresDatabase.IsTimeToPlan(++_groups))
            await PostgresDatabase.PlanAnew(_connection);
        return _connection;
    }

    /// <summary>
    /// A connection that was lost while nobody used it says so at its next use only. It is asked first: a write that
    /// met the loss could not be told from one that was kept.
    /// </summary>
    private async ValueTask<bool> IsAlive(NpgsqlConnection connection)
    {
        if (connection.State != System.Data.ConnectionState.Open)
            return false;
        if (Stopwatch.GetElapsedTime(_lastUse) < TrustedFor)
            return true;
        try
        {
            await using var nothing = new NpgsqlCommand("SELECT 1", connection);
            await nothing.ExecuteNonQueryAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private async Task Drop()
    {
        if (_connection is null)
            return;
        await _connection.DisposeAsync();
        _connection = null;
    }

    /// <summary>
    /// The commands of a group: the first statements of all its writes, by kind, then their second ones, and so on, so
    /// that each write's own order holds. Rows of one kind are one command.
    /// </summary>
    private sealed class GroupPlan
    {
        private readonly List<PostgresGroups.Waiting> _group;
        private readonly NpgsqlBatch _batch;

        /// <summary>Parts whose row count is told by a command of their own. Of the rest each changed one row, or the whole group has failed.</summary>
        private readonly List<(int Waiting, int Part, int Command)> _counted = [];

        public GroupPlan(List<PostgresGroups.Waiting> group, NpgsqlBatch batch)
        {
            (_group, _batch) = (group, batch);
            var next = new int[group.Count];
            var rows = new Dictionary<HotStatement, List<object?[]>>();
            var left = group.Count;
            while (left > 0)
            {
                left = 0;
                for (var i = 0; i < next.Length; i++)
                {
                    next[i] = TakeKind(i, next[i], rows);
                    if (next[i] < group[i].Write.Parts.Count)
                        left++;
                }
                foreach (var (statement, values) in rows)
                    _batch.BatchCommands.Add(statement.Many(values));
                rows.Clear();
            }
        }

        public void Tell()
        {
            var answers = _group.ConvertAll(waiting => One(waiting.Write.Parts.Count));
            foreach (var (waiting, part, command) in _counted)
                answers[waiting][part] = _batch.BatchCommands[command].RecordsAffected;
            for (var i = 0; i < answers.Count; i++)
                _group[i].Done(answers[i]);
        }

        /// <summary>Takes the next statement of a write, and those of the same kind that follow it; answers where the rest begins.</summary>
        private int TakeKind(int waiting, int from, Dictionary<HotStatement, List<object?[]>> rows)
        {
            var parts = _group[waiting].Write.Parts;
            var at = from;
            for (; at < parts.Count && parts[at].Statement == parts[from].Statement; at++)
            {
                var (statement, values) = parts[at];
                if (statement.SetSql is null)
                {
                    _counted.Add((waiting, at, _batch.BatchCommands.Count));
                    _batch.BatchCommands.Add(statement.One(values));
                }
                else if (rows.TryGetValue(statement, out var others))
                {
                    others.Add(values);
                }
                else
                {
                    rows[statement] = [values];
                }
            }
            return at;
        }

        private static int[] One(int count)
        {
            var rows = new int[count];
            Array.Fill(rows, 1);
            return rows;
        }
    }
}
