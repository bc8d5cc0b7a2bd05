using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Usage;

/// <summary>
/// Adds up runs as time goes by, a stretch after the other, so that nobody who looks does. Several servers may do so at once: whose sums
/// were overtaken drops them. What the sums missed (a server was stopped between a run's time and its write, a clock was set back) is
/// found within an hour: as many runs have to be there as were counted.
/// </summary>
internal sealed partial class UsageRoller(
    Database database,
    TimeProvider clock,
    ILogger<UsageRoller> log
) : BackgroundService
{
    /// <summary>A run's row may be written so much after its time, and clocks of servers may differ so much.</summary>
    private const long LateMs = 60_000;

    private const int Tenants = 100;

    /// <summary>So many runs in one write, so that whoever else writes hardly waits.</summary>
    private const int Batch = 2_000;

    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan ProveEvery = TimeSpan.FromHours(1);

    /// <summary>Between two writes, for others.</summary>
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(5);

    private readonly SemaphoreSlim _turn = new(1);
    private DateTimeOffset _proved = DateTimeOffset.MinValue;

    /// <summary>How many runs had ended in this process at the last look, and at the one before.</summary>
    private (long Last, long Before) _ended;

    /// <summary>Adds up all that can be now; one round at a time.</summary>
    public async Task Round(CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            await AddUp(stop);
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

    private async Task AddUp(CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var isDue = IsDue(now);
        var until = now.ToUnixTimeMilliseconds() - LateMs;
        var after = "";
        while (
            await database.Read(session => UsageWork.Find(session, after, Tenants), stop)
                is { Count: > 0 } found
        )
        {
            foreach (var work in found)
            {
                var place = new UsagePlace(work.TenantId, work.Environment);
                var isAnew =
                    work.UntilAt > 0
                    && (isDue || work.UntilAt > until + LateMs)
                    && await Prove(place, until + LateMs, stop);
                if (isAnew || work.FirstAt < until)
                    await Extend(place, until, stop);
                if (work.Noted > 0)
                    await Count(place, stop);
            }
            after = found[^1].TenantId;
        }
        if (isDue)
            _proved = now;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                // A store in which nothing happens is left alone.
                if (HasNews())
                    await Round(stoppingToken);
            }
            catch (StoreUnavailableException)
            {
                _ended = (-1, -1);
            }
            await Task.Delay(Every, clock, stoppingToken);
        }
    }

    private bool IsDue(DateTimeOffset now) => now - _proved >= ProveEvery || now < _proved;

    /// <summary>Whether runs have ended since the look before the last one: those of the last minute are too young to be added up.</summary>
    private bool HasNews()
    {
        var (last, before) = _ended;
        _ended = (Signals.RunsEnded, last);
        return _ended.Last != last || last != before || IsDue(clock.GetUtcNow());
    }

    /// <summary>Moves the mark, with what lies between.</summary>
    private async Task Extend(UsagePlace place, long until, CancellationToken stop)
    {
        await database.Write(session => UsageMark.Make(session, place), stop);
        while (true)
        {
            var (mark, end, groups) = await database.Read(
                async session =>
                {
                    var mark = await UsageMark.Read(session, place);
                    var from = mark.UntilAt;
                    var next = await RunGroups.After(session, place, from, until, Batch);
                    // Many may have begun in one millisecond, of which none is left behind.
                    var end = next is { } at ? Math.Max(at, from + 1) : until;
                    return (mark, end, await RunGroups.Between(session, place, from, end));
                },
                stop
            );
            if (groups.Count == 0)
                return;
            var isKept = await database.Write(
                async session =>
                {
                    var moved = mark with
                    {
                        UntilAt = end,
                        Runs = mark.Runs + groups.Sum(group => group.Rows),
                    };
                    if (!await moved.Replace(session, place, mark))
                        return false;
                    await UsageSums.Add(session, place, groups);
                    await UsageSums.Note(
                        session,
                        place,
                        groups.Select(group => group.RunId).OfType<string>()
                    );
                    return true;
                },
                stop
            );
            if (!isKept || end == until)
                return;
            await Task.Delay(Breath, TimeProvider.System, stop);
        }
    }

    /// <summary>Adds runs that have ended since the mark passed them.</summary>
    private async Task Count(UsagePlace place, CancellationToken stop)
    {
        while (true)
        {
            var (mark, ended) = await database.Read(
                async session =>
                    (
                        await UsageMark.Read(session, place),
                        await RunGroups.NotedAndEnded(session, place, Batch)
                    ),
                stop
            );
            if (ended.Count == 0)
                return;
            var isKept = await database.Write(
                async session =>
                {
                    if (!await mark.Replace(session, place, mark))
                        return false;
                    await UsageSums.Add(session, place, ended);
                    await UsageSums.Forget(session, place, [.. ended.Select(run => run.RunId!)]);
                    return true;
                },
                stop
            );
            if (!isKept || ended.Count < Batch)
                return;
            await Task.Delay(Breath, TimeProvider.System, stop);
        }
    }

    /// <summary>Begins anew when another number of runs is there than was counted, or the mark lies ahead of the clock; true then.</summary>
    private async Task<bool> Prove(UsagePlace place, long now, CancellationToken stop)
    {
        var (mark, runs) = await database.Read(
            async session =>
            {
                var mark = await UsageMark.Read(session, place);
                return (mark, await RunGroups.Count(session, place, mark.UntilAt));
            },
            stop
        );
        if (mark.Runs == runs && mark.UntilAt <= now)
            return false;
        var isCleared = await database.Write(
            async session =>
            {
                if (!await UsageMark.None.Replace(session, place, mark))
                    return false;
                await UsageSums.Clear(session, place);
                return true;
            },
            stop
        );
        if (isCleared)
            LogBegunAnew(log, place.TenantId, place.Environment);
        return isCleared;
    }

    [LoggerMessage(
        1342,
        LogLevel.Information,
        "The sums of usage of tenant {Tenant} in {Environment} are made anew from the record of runs"
    )]
    private static partial void LogBegunAnew(ILogger log, string tenant, string environment);
}
