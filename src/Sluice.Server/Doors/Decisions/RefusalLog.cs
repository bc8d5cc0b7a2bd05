using System.Threading.Channels;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Doors.Decisions;

/// <summary>
/// Writes refusals behind the requests, in groups: into the ledger, where equal ones of a second are one entry with their number, and
/// one by one for the question why. What does not fit is counted, and the count is an entry itself. Losing the process costs a second of them.
/// </summary>
internal sealed partial class RefusalLog(
    Database database,
    TimeProvider clock,
    ILogger<RefusalLog> log
) : BackgroundService
{
    /// <summary>Milliseconds from a write to the next; the first refusal after a rest is written at once.</summary>
    public const int FlushMs = 1000;

    /// <summary>Most different refusals that wait; those beyond are counted only.</summary>
    public const int MostKinds = 10_000;

    /// <summary>Most refusals of one kind in one write that can be asked for one by one.</summary>
    public const int MostOfAKind = 100;

    private const int MostInOneWrite = 1000;
    private const int KeptDays = 7;
    private const int ForgottenAtOnce = 5000;
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Channel<bool> _something = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private Dictionary<Kind, Tally> _tallies = [];
    private Dictionary<string, long> _lost = [];

    /// <summary>A request was answered with a refusal that says who may do what.</summary>
    public void Note(HttpContext context, Refusal refusal) =>
        Note(Decision.Of(context, refusal, clock));

    internal void Note(Decision decision)
    {
        var kind = new Kind(
            decision.TenantId,
            decision.Code,
            decision.Door,
            decision.KeyId,
            decision.Address,
            $"{decision.Method} {decision.Route}"
        );
        lock (_gate)
            Add(kind, [decision], 1);
        _something.Writer.TryWrite(true);
    }

    public override void Dispose()
    {
        _writing.Dispose();
        base.Dispose();
    }

    /// <summary>Writes all that waits. What cannot be written now waits on.</summary>
    public async Task Flush(CancellationToken stop)
    {
        await _writing.WaitAsync(stop);
        try
        {
            var (tallies, lost) = Take();
            foreach (
                var chain in tallies
                    .Keys.Select(kind => kind.TenantId)
                    .Concat(lost.Keys)
                    .Distinct()
                    .Order(StringComparer.Ordinal)
            )
            {
                var waiting = tallies.Where(each => each.Key.TenantId == chain).ToList();
                foreach (var part in waiting.Chunk(MostInOneWrite))
                    await Write(chain, part, stop);
                if (lost.TryGetValue(chain, out var count))
                    await WriteGap(chain, count, stop);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var forgotten = clock.GetUtcNow() - Hour;
        try
        {
            while (true)
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                await Task.WhenAny(
                    _something.Reader.ReadAsync(limit.Token).AsTask(),
                    Task.Delay(Hour, clock, limit.Token)
                );
                await limit.CancelAsync();
                stoppingToken.ThrowIfCancellationRequested();
                await Flush(stoppingToken);
                if (clock.GetUtcNow() - forgotten >= Hour)
                {
                    await Forget(stoppingToken);
                    forgotten = clock.GetUtcNow();
                }
                await Task.Delay(TimeSpan.FromMilliseconds(FlushMs), clock, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            await Flush(CancellationToken.None);
        }
    }

    private (Dictionary<Kind, Tally> Tallies, Dictionary<string, long> Lost) Take()
    {
        lock (_gate)
        {
            var taken = (_tallies, _lost);
            _tallies = [];
            _lost = [];
            return taken;
        }
    }

    private async Task Write(
        string chain,
        IReadOnlyCollection<KeyValuePair<Kind, Tally>> part,
        CancellationToken stop
    )
    {
        try
        {
            await database.Write(
                async session =>
                {
                    await DecisionStore.Insert(
                        session,
                        chain,
                        [.. part.SelectMany(each => each.Value.First)]
                    );
                    await Audit.Append(
                        session,
                        [.. part.Select(each => each.Value.First[0].Entry(clock, each.Value.Count))]
                    );
                },
                stop
            );
        }
        catch (TenantGoneException)
        {
            // Nothing of an organisation that was removed comes back.
        }
        catch (Exception error)
            when (error is StoreUnavailableException or OperationCanceledException)
        {
            LogLater(log, chain);
            lock (_gate)
            {
                foreach (var (kind, tally) in part)
                    Add(kind, tally.First, tally.Count);
            }
            _something.Writer.TryWrite(true);
        }
        catch (Exception error)
        {
            // A bug of ours: trying again would not help, and what is not written is counted.
            LogBroken(log, error, chain);
            lock (_gate)
                Lose(chain, part.Sum(each => each.Value.Count));
            _something.Writer.TryWrite(true);
        }
    }

    private async Task WriteGap(string chain, long count, CancellationToken stop)
    {
        try
        {
            var fact = new Fact("audit.gap", "ledger", chain) { ["count"] = count.ToString() };
            await database.Write(
                session =>
                    Audit.Append(session, [LedgerEntry.Of(Origin.OfServer(clock), fact, chain)]),
                stop
            );
        }
        catch (TenantGoneException)
        {
            // There is no ledger that could have a gap.
        }
        catch (Exception error)
            when (error is StoreUnavailableException or OperationCanceledException)
        {
            lock (_gate)
                Lose(chain, count);
            _something.Writer.TryWrite(true);
        }
    }

    // Within the gate.
    private void Add(Kind kind, IReadOnlyList<Decision> decisions, long count)
    {
        if (_tallies.TryGetValue(kind, out var tally))
            tally.Add(decisions, count);
        else if (_tallies.Count < MostKinds)
            (_tallies[kind] = new Tally()).Add(decisions, count);
        else
            Lose(kind.TenantId, count);
    }

    // Within the gate. Who has too many tenants to be told apart is told as the house.
    private void Lose(string chain, long count)
    {
        var told = _lost.Count < MostKinds || _lost.ContainsKey(chain) ? chain : Audit.House;
        _lost[told] = _lost.GetValueOrDefault(told) + count;
    }

    private async Task Forget(CancellationToken stop)
    {
        var before = clock.GetUtcNow().AddDays(-KeptDays).ToUnixTimeMilliseconds();
        try
        {
            while (
                await database.Write(
                    session => DecisionStore.Forget(session, before, ForgottenAtOnce),
                    stop
                ) == ForgottenAtOnce
            )
                LogForgotten(log, ForgottenAtOnce);
        }
        catch (StoreUnavailableException)
        {
            LogLater(log, Audit.House);
        }
    }

    [LoggerMessage(
        1020,
        LogLevel.Warning,
        "Refusals of the ledger {Chain} could not be written; they wait"
    )]
    private static partial void LogLater(ILogger log, string chain);

    [LoggerMessage(1022, LogLevel.Error, "Refusals of the ledger {Chain} could not be written")]
    private static partial void LogBroken(ILogger log, Exception error, string chain);

    [LoggerMessage(1021, LogLevel.Debug, "{Count} old decisions were removed")]
    private static partial void LogForgotten(ILogger log, int count);

    /// <summary>What makes refusals equal.</summary>
    private sealed record Kind(
        string TenantId,
        string Code,
        Door Door,
        string? KeyId,
        string? Address,
        string Route
    );

    private sealed class Tally
    {
        public List<Decision> First { get; } = [];

        public long Count { get; private set; }

        public void Add(IReadOnlyList<Decision> decisions, long count)
        {
            First.AddRange(decisions.Take(MostOfAKind - First.Count));
            Count += count;
        }
    }
}
