using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Licenses.Nodes;

/// <summary>
/// Tells the other servers every second what was taken of the limits here, and takes off the buckets here what they tell: a limit is one for
/// all, but for what passes between two tellings. Where nothing was taken or told nothing is asked; a server that is alone tells nothing, and
/// one that cannot tell keeps the limits by itself. An embedded store has one server.
/// </summary>
internal sealed partial class LimitExchange(
    Database database,
    SharedLimits limits,
    TimeProvider clock,
    ILogger<LimitExchange> log
) : BackgroundService
{
    /// <summary>Most buckets that one server tells of in a second.</summary>
    public const int Most = 1000;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Forgotten = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<string, Peer> _peers = [];
    private long _said;

    /// <param name="Heard">Number of the last note.</param>
    /// <param name="At">When it was heard.</param>
    private sealed record Peer(long Heard, long At);

    /// <summary>Tells and hears once.</summary>
    /// <exception cref="StoreUnavailableException">Nobody could be told.</exception>
    public async Task Round(CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            await Exchange(limits.Drain(Most), stop);
        }
        finally
        {
            _turn.Release();
        }
    }

    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (database.Dialect == Dialect.Postgres)
        {
            try
            {
                await RoundIfAny(stoppingToken);
            }
            catch (StoreUnavailableException error)
            {
                LogUnheard(log, error);
                limits.WasTold(by: "");
            }
            await Task.Delay(Every, clock, stoppingToken);
        }
    }

    private async Task RoundIfAny(CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            var taken = limits.Drain(Most);
            if (limits.TakeWasTold() || taken.Count > 0)
                await Exchange(taken, stop);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task Exchange(IReadOnlyList<TakenTokens> taken, CancellationToken stop)
    {
        var (names, last) = (
            _peers.Keys.ToArray(),
            _peers.Values.Select(peer => peer.Heard).ToArray()
        );
        var heard =
            taken.Count > 0
                ? await database.Write(
                    async session =>
                    {
                        await NoteStore.Tell(session, limits.Me, ++_said, Write(taken));
                        return await NoteStore.Hear(session, limits.Me, names, last);
                    },
                    stop
                )
                : await database.Read(
                    session => NoteStore.Hear(session, limits.Me, names, last),
                    stop
                );
        var now = clock.GetTimestamp();
        foreach (var note in heard)
        {
            _peers[note.Node] = new Peer(note.Seq, now);
            foreach (var each in Read(note.Taken))
                limits.Learn(each);
        }
        // Not before its notes are gone for long: what was heard once must not be heard again.
        foreach (
            var gone in _peers.Where(peer => clock.GetElapsedTime(peer.Value.At, now) > Forgotten)
        )
            _peers.Remove(gone.Key);
    }

    private static string Write(IReadOnlyList<TakenTokens> taken) =>
        JsonSerializer.Serialize(taken, NoteJson.Default.IReadOnlyListTakenTokens);

    private static IReadOnlyList<TakenTokens> Read(string text) =>
        JsonSerializer.Deserialize(text, NoteJson.Default.IReadOnlyListTakenTokens) ?? [];

    [LoggerMessage(
        1808,
        LogLevel.Warning,
        "Other servers could not be told what was taken of the limits; each keeps them by itself"
    )]
    private static partial void LogUnheard(ILogger log, Exception error);
}

/// <summary>What a server told.</summary>
internal sealed record LimitNote
{
    public required string Node { get; init; }

    public required long Seq { get; init; }

    public required string Taken { get; init; }
}

/// <summary>SQL on <c>limit_notes</c>, which PostgreSQL alone has. Times are the database's: the servers' clocks may differ.</summary>
internal static class NoteStore
{
    private const string Now = "CAST(date_part('epoch', clock_timestamp()) * 1000 AS BIGINT)";
    private const int FreshMs = 10_000;
    private const int KeptMs = 60_000;

    public static async Task Tell(Session session, string node, long seq, string taken)
    {
        await session.House.Execute(
            $"INSERT INTO limit_notes (node, seq, at, taken) VALUES (@node, @seq, {Now}, @taken)",
            new
            {
                node,
                seq,
                taken,
            }
        );
        await session.House.Execute($"DELETE FROM limit_notes WHERE at < {Now} - {KeptMs}");
        await session.House.First<string>(
            "SELECT CAST(pg_notify(@Channel, @node) AS TEXT)",
            new { SharedLimits.Channel, node }
        );
    }

    /// <summary>What others told in the last ten seconds, after what was heard of each.</summary>
    public static Task<IReadOnlyList<LimitNote>> Hear(
        Session session,
        string node,
        string[] names,
        long[] last
    ) =>
        session
            .Across("limits are the house's, whosever they are")
            .Query<LimitNote>(
                $"""
                SELECT n.node, n.seq, n.taken FROM limit_notes n
                LEFT JOIN unnest(@names, @last) AS heard (node, seq) ON heard.node = n.node
                WHERE n.node <> @node AND n.seq > COALESCE(heard.seq, 0) AND n.at > {Now} - {FreshMs}
                ORDER BY n.node, n.seq
                """,
                new
                {
                    node,
                    names,
                    last,
                }
            );
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(IReadOnlyList<TakenTokens>))]
internal sealed partial class NoteJson : JsonSerializerContext;
