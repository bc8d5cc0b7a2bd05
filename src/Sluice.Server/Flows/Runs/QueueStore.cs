using Sluice.Server.Store;

namespace Sluice.Server.Flows.Runs;

/// <summary>Of a tenant's runs that wait: those of callers who wait at one server, or those that nobody waits for.</summary>
internal sealed record QueueLane(string TenantId, bool Interactive);

/// <summary>Runs that were started, and what is left.</summary>
/// <param name="Started">In their order.</param>
/// <param name="PlainWait">Whether runs wait that no limit keeps.</param>
/// <param name="LimitedWait">Whether runs under limits wait.</param>
internal sealed record Claim(IReadOnlyList<Run> Started, bool PlainWait, bool LimitedWait);

/// <summary>
/// SQL on runs that wait for their turn. One whose caller waits is held by the server that the caller is connected to;
/// the others are anyone's. Which is next: the highest priority, then the oldest.
/// </summary>
internal static class QueueStore
{
    private const string Queued = "status = 'queued' AND ended_at IS NULL";

    private const string Started =
        "UPDATE runs SET status = 'running', server = @server, started_at = @now";

    /// <summary>Starts the next runs of a lane, as far as their limits allow, for a server to carry.</summary>
    public static async Task<Claim> Claim(
        Session session,
        QueueLane lane,
        int most,
        string server,
        long now
    )
    {
        if (!await ServerStore.Hold(session, server))
            throw new StoreUnavailableException(
                new InvalidOperationException("this server lost its runs")
            );
        var heads = await Heads(session, lane, server);
        if (heads.Count > 0)
            await RunLimits.Lock(session, lane.TenantId);
        var plain = heads.Count == 0 || await AnyPlain(session, lane, server);
        var kept = false;
        var started = new List<Run>();
        while (true)
        {
            var next = heads.Count > 0 ? heads.Min : null;
            if (plain)
                started.AddRange(
                    await StartPlain(session, lane, next, most - started.Count, server, now)
                );
            if (next is null || started.Count == most)
                break;
            heads.Remove(next);
            if (!await RunLimits.Allow(session, next))
            {
                kept = true;
                continue;
            }
            started.AddRange(await Start(session, next, server, now));
            if (
                await Head(session, lane, server, "limit_group = @group", next.LimitGroup) is
                { } follower
            )
                heads.Add(follower);
        }
        return new Claim(
            started,
            plain && started.Count == most && await AnyPlain(session, lane, server),
            kept || heads.Count > 0
        );
    }

    /// <summary>Tenants of which runs wait that nobody is connected for.</summary>
    public static Task<IReadOnlyList<string>> Tenants(Session session) =>
        session
            .Across("the queue of a server holds the runs of every tenant")
            .Query<string>(
                """
                WITH RECURSIVE waiting (tenant_id) AS (
                    SELECT MIN(tenant_id) FROM runs WHERE status = 'queued'
                    UNION ALL
                    SELECT (SELECT MIN(r.tenant_id) FROM runs r WHERE r.status = 'queued' AND r.tenant_id > waiting.tenant_id)
                    FROM waiting WHERE waiting.tenant_id IS NOT NULL
                )
                SELECT tenant_id FROM waiting WHERE tenant_id IS NOT NULL
                """
            );

    /// <summary>The callers of these runs were connected to a server that is gone: anyone may start them.</summary>
    public static Task<int> LetGo(Session session, string server) =>
        session
            .Across("the callers of a server that is gone are of any tenant")
            .Execute(
                $"UPDATE runs SET server = '', interactive = 0 WHERE server = @server AND {Queued}",
                new { server }
            );

    /// <summary>The next deadline of a run that waits; null: none has one.</summary>
    public static Task<long?> NextDeadline(Session session) =>
        session
            .Across("deadlines pass for runs of every tenant")
            .First<long?>(
                "SELECT MIN(deadline_at) FROM runs WHERE status = 'queued' AND deadline_at IS NOT NULL"
            );

    /// <summary>Ends runs whose deadline passed while they waited; answers their ids.</summary>
    public static Task<IReadOnlyList<string>> EndLate(Session session, long now) =>
        session
            .Across("deadlines pass for runs of every tenant")
            .Query<string>(
                $"""
                UPDATE runs SET status = @status, error = @error, ended_at = @now
                WHERE {Queued} AND deadline_at IS NOT NULL AND deadline_at <= @now RETURNING id
                """,
                new
                {
                    status = RunStatus.Next(RunStatus.Queued, RunEvent.DeadlinePassed),
                    error = PayloadSealer.AsIs(RunError.Of(RunError.Deadline).ToJson()),
                    now,
                }
            );

    /// <summary>Ends a run that has not started; 0 when it has, or had ended.</summary>
    public static Task<int> CancelQueued(Session session, string tenantId, string id, long now) =>
        session
            .Of(tenantId)
            .Execute(
                $"""
                UPDATE runs SET status = @status, error = @error, ended_at = @now, cancel_asked_at = COALESCE(cancel_asked_at, @now)
                WHERE tenant_id = @tenant AND id = @id AND {Queued}
                """,
                new
                {
                    id,
                    status = RunStatus.Next(RunStatus.Queued, RunEvent.CancelAsked),
                    error = PayloadSealer.AsIs(RunError.Of(RunError.Cancelled).ToJson()),
                    now,
                }
            );

    /// <summary>How many runs of a tenant wait, by flow, and since when.</summary>
    public static Task<IReadOnlyList<QueueDepth>> Depth(
        Session session,
        string tenantId,
        string environment
    ) =>
        session
            .Of(tenantId)
            .Query<QueueDepth>(
                $"""
                SELECT flow, CAST(COUNT(*) AS BIGINT) AS depth, CAST(SUM(interactive) AS BIGINT) AS interactive, MIN(created_at) AS oldest_at
                FROM runs WHERE tenant_id = @tenant AND environment = @environment AND {Queued} GROUP BY flow ORDER BY flow
                """,
                new { environment }
            );

    /// <summary>How many runs wait in all, and since when, for the house's own measurements.</summary>
    public static async Task<QueueDepth> Whole(Session session) =>
        (
            await session
                .Across("how long the queue is, whosever runs are in it")
                .First<QueueDepth>(
                    "SELECT '' AS flow, CAST(COUNT(*) AS BIGINT) AS depth, CAST(COALESCE(SUM(interactive), 0) AS BIGINT) AS interactive, MIN(created_at) AS oldest_at FROM runs WHERE status = 'queued'"
                )
        )!;

    /// <summary>The first run of each group that is counted alike.</summary>
    private static async Task<SortedSet<Run>> Heads(Session session, QueueLane lane, string server)
    {
        var heads = new SortedSet<Run>(Turn);
        var last = "";
        while (await Head(session, lane, server, "limit_group > @group", last) is { } head)
        {
            heads.Add(head);
            last = head.LimitGroup!;
        }
        return heads;
    }

    private static readonly Comparer<Run> Turn = Comparer<Run>.Create(
        static (a, b) =>
            a.Priority == b.Priority
                ? string.CompareOrdinal(a.Id, b.Id)
                : b.Priority.CompareTo(a.Priority)
    );

    private static Task<Run?> Head(
        Session session,
        QueueLane lane,
        string server,
        string which,
        string? group
    ) =>
        session
            .Of(lane.TenantId)
            .First<Run>(
                $"""
                SELECT {RunStore.Light}, {session.EmptyBytes} AS input FROM runs
                WHERE {InLane(
                    lane
                )} AND limited = 1 AND {which} ORDER BY limit_group, priority DESC, id LIMIT 1
                """,
                new { holder = Holder(lane, server), group }
            );

    /// <summary>Starts runs under no limit whose turn is before that of another.</summary>
    private static async Task<IEnumerable<Run>> StartPlain(
        Session session,
        QueueLane lane,
        Run? before,
        int most,
        string server,
        long now
    )
    {
        var turn = before is null
            ? ""
            : " AND (priority > @Priority OR (priority = @Priority AND id < @Id))";
        var next =
            $"SELECT id FROM runs WHERE {InLane(lane)} AND limited = 0{turn} ORDER BY priority DESC, id LIMIT @most";
        // Servers that look at once take different runs.
        var chosen =
            session.Dialect == Dialect.Postgres
                ? $"= ANY (ARRAY({next} FOR UPDATE SKIP LOCKED))"
                : $"IN ({next})";
        var started = await session
            .Of(lane.TenantId)
            .Query<Run>(
                $"{Started} WHERE tenant_id = @tenant AND status = 'queued' AND id {chosen} RETURNING {RunStore.Whole}",
                new
                {
                    server,
                    holder = Holder(lane, server),
                    now,
                    most,
                    before?.Priority,
                    before?.Id,
                }
            );
        return started.Order(Turn);
    }

    private static Task<IReadOnlyList<Run>> Start(
        Session session,
        Run run,
        string server,
        long now
    ) =>
        session
            .Of(run.TenantId)
            .Query<Run>(
                $"{Started} WHERE tenant_id = @tenant AND id = @Id AND {Queued} RETURNING {RunStore.Whole}",
                new
                {
                    run.Id,
                    server,
                    now,
                }
            );

    private static async Task<bool> AnyPlain(Session session, QueueLane lane, string server) =>
        await session
            .Of(lane.TenantId)
            .First<string>(
                $"SELECT id FROM runs WHERE {InLane(lane)} AND limited = 0 LIMIT 1",
                new { holder = Holder(lane, server) }
            )
            is not null;

    private static string InLane(QueueLane lane) =>
        $"tenant_id = @tenant AND {Queued} AND interactive = {(lane.Interactive ? 1 : 0)} AND server = @holder";

    private static string Holder(QueueLane lane, string server) => lane.Interactive ? server : "";
}

/// <summary>Runs that wait.</summary>
internal sealed record QueueDepth
{
    public required string Flow { get; init; }

    public required long Depth { get; init; }

    /// <summary>Of those, the ones whose caller waits.</summary>
    public required long Interactive { get; init; }

    /// <summary>Milliseconds since 1970; null when none waits.</summary>
    public long? OldestAt { get; init; }
}
