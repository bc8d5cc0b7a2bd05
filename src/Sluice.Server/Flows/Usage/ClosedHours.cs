using System.Collections.Concurrent;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Usage;

/// <summary>
/// What the hours behind us came to, remembered, so that they are not added up at every look. What is remembered ends before the first
/// run that goes on, so that nothing of it changes, but that runs are removed when their time is over, and that another server's clock
/// is behind. So every ten seconds it is looked whether as many runs are there as were then.
/// </summary>
internal sealed class ClosedHours
{
    private const long HourMs = 3_600_000;

    /// <summary>Clocks of servers may differ so much before anything is added up twice.</summary>
    private const long LateMs = 60_000;

    /// <summary>Counting the runs of a month takes longer than all the rest.</summary>
    private const long LookEveryMs = 10_000;

    /// <summary>Windows that are remembered at most.</summary>
    private const int Most = 200;

    private readonly ConcurrentDictionary<Window, Closed> _known = new();

    private readonly record struct Window(string TenantId, string Environment, long First);

    /// <param name="End">Milliseconds since 1970 at which the first run began that is not in it, or later.</param>
    /// <param name="Runs">So many were there, subflows' too.</param>
    /// <param name="At">When it was looked whether they still are.</param>
    private sealed record Closed(long End, long Runs, long At, Tally Tally);

    /// <summary>The runs since the beginning of a day.</summary>
    /// <param name="first">In days since 1970.</param>
    /// <param name="now">Milliseconds since 1970.</param>
    public async Task<Tally> Count(Session session, Caller caller, long first, long now)
    {
        var window = new Window(caller.TenantId, caller.Environment, first);
        var (since, hour) = (first * ReadUsage.DayMs, (now - LateMs) / HourMs * HourMs);
        var closed = _known.GetValueOrDefault(window);
        if (closed is not null && now - closed.At >= LookEveryMs)
        {
            var isSame = closed.Runs == await Runs(session, caller, since, closed.End);
            closed = isSame ? _known[window] = closed with { At = now } : null;
        }
        closed ??= new Closed(since, 0, now, new Tally());
        if (closed.End < hour)
            closed = await Extend(session, caller, window, closed, hour);
        return closed.Tally.With(await Add(session, caller, closed.End, long.MaxValue));
    }

    private async Task<Closed> Extend(
        Session session,
        Caller caller,
        Window window,
        Closed closed,
        long hour
    )
    {
        var end = await FirstOpen(session, caller, closed.End, hour) ?? hour;
        if (end == closed.End)
            return closed;
        var runs = await Runs(session, caller, closed.End, end);
        var more = await Add(session, caller, closed.End, end);
        // What was removed meanwhile would be in one number and not in the other.
        if (runs != await Runs(session, caller, closed.End, end))
            return closed;
        if (_known.Count >= Most)
            _known.Clear();
        return _known[window] = closed with
        {
            End = end,
            Runs = closed.Runs + runs,
            Tally = closed.Tally.With(more),
        };
    }

    private static async Task<Tally> Add(Session session, Caller caller, long since, long until)
    {
        var tally = new Tally();
        foreach (var group in await Groups(session, caller, since, until))
            tally.Add(group);
        return tally;
    }

    /// <summary>When the first run began that goes on; null: all have ended.</summary>
    private static Task<long?> FirstOpen(Session session, Caller caller, long since, long until) =>
        session
            .Of(caller.TenantId)
            .First<long?>(
                """
                SELECT MIN(created_at) FROM runs
                WHERE tenant_id = @tenant AND environment = @Environment AND created_at >= @since AND created_at < @until
                  AND ended_at IS NULL
                """,
                new
                {
                    caller.Environment,
                    since,
                    until,
                }
            );

    /// <summary>Asks the index alone.</summary>
    private static Task<long> Runs(Session session, Caller caller, long since, long until) =>
        session
            .Of(caller.TenantId)
            .First<long>(
                """
                SELECT COUNT(*) FROM runs
                WHERE tenant_id = @tenant AND environment = @Environment AND created_at >= @since AND created_at < @until
                """,
                new
                {
                    caller.Environment,
                    since,
                    until,
                }
            );

    private static Task<IReadOnlyList<ReadUsage.Group>> Groups(
        Session session,
        Caller caller,
        long since,
        long until
    ) =>
        session
            .Of(caller.TenantId)
            .Query<ReadUsage.Group>(
                $"""
                SELECT created_at / {ReadUsage.DayMs} AS day, flow, key_id,
                       CAST(SUM(CASE WHEN status = 'succeeded' THEN 1 ELSE 0 END) AS BIGINT) AS succeeded,
                       CAST(SUM(CASE WHEN status IN ('failed', 'cancelled', 'compensated', 'compensating') THEN 1 ELSE 0 END) AS BIGINT) AS failed,
                       CAST(COUNT(*) AS BIGINT) AS total,
                       CAST(SUM(CASE WHEN ended_at IS NULL THEN 0 ELSE 1 END) AS BIGINT) AS ended,
                       CAST(SUM(COALESCE(ended_at - created_at, 0)) AS BIGINT) AS duration_ms
                FROM runs
                WHERE tenant_id = @tenant AND environment = @Environment AND created_at >= @since AND created_at < @until
                  AND parent_id IS NULL
                GROUP BY 1, flow, key_id
                """,
                new
                {
                    caller.Environment,
                    since,
                    until,
                }
            );
}
