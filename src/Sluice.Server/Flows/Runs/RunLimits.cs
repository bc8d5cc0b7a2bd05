using System.Security.Cryptography;
using System.Text;
using Sluice.Server.Flows.Configs;
using Sluice.Server.Store;

namespace Sluice.Server.Flows.Runs;

/// <summary>What limits say of a new run.</summary>
/// <param name="Refused">As many as allowed are there, and nobody waits beside them.</param>
/// <param name="Waits">It waits for its turn.</param>
/// <param name="Replaces">Limits under which it takes the place of others.</param>
internal sealed record Admission(bool Refused, bool Waits, IReadOnlyList<RunLimit> Replaces);

/// <summary>
/// Limits on runs at once, exact across servers: whether a run may start is decided where all servers see it, by one at
/// a time, and only for runs that are under a limit. A run holds its place from its start to its end, also while it is
/// paused.
/// </summary>
internal static class RunLimits
{
    private const string Group = "tenant_id = @tenant AND environment = @environment";

    private const string Waiting = Group + " AND limited = 1 AND status = 'queued'";

    private const string Running =
        Group + " AND limited = 1 AND ended_at IS NULL AND status <> 'queued'";

    /// <summary>Of a run under limits: what it is counted with at the least.</summary>
    public static string GroupOf(string environment, string flow, string? keyId) =>
        $"{environment} {flow} {keyId}";

    /// <summary>Lets no one else decide until the end of the transaction; on an embedded store there is one writer anyway.</summary>
    public static async Task Lock(Session session, string tenantId)
    {
        if (session.Dialect != Dialect.Postgres)
            return;
        var name = SHA256.HashData(Encoding.UTF8.GetBytes($"limits {tenantId}"));
        await session.House.Execute(
            "SELECT pg_advisory_xact_lock(@name)",
            new { name = BitConverter.ToInt64(name.AsSpan(0, 8)) }
        );
    }

    /// <summary>What becomes of a new run; it does not overtake those that wait under the same limits.</summary>
    public static async Task<Admission> Admit(
        Session session,
        Run run,
        IReadOnlyList<RunLimit> limits
    )
    {
        var (waits, replaces) = (false, new List<RunLimit>());
        if (limits.Count > 0)
            await Lock(session, run.TenantId);
        foreach (var limit in limits)
        {
            var running = await Count(session, run, limit, Running);
            var queued = await Count(session, run, limit, Waiting, most: limit.Limit);
            if (limit.Policy == RunLimit.Drop && running + queued >= limit.Limit)
                return new Admission(Refused: true, Waits: false, []);
            if (limit.Policy == RunLimit.Replace)
                replaces.Add(limit);
            waits |= queued > 0 || running >= limit.Limit;
        }
        return new Admission(Refused: false, waits, replaces);
    }

    /// <summary>Whether every limit of a run lets it start now; to be asked under <see cref="Lock"/>.</summary>
    public static async Task<bool> Allow(Session session, Run run)
    {
        foreach (var limit in RunLimit.Read(run.Limits))
        {
            if (await Count(session, run, limit, Running) >= limit.Limit)
                return false;
        }
        return true;
    }

    /// <summary>
    /// Makes room for a run that replaces others: the oldest that run are to be cancelled, then the oldest that wait have
    /// ended.
    /// </summary>
    /// <returns>What became of each; whoever carries it, or waits for it, is still to be told.</returns>
    public static async Task<IReadOnlyList<CancelWish>> Replace(
        Session session,
        Run run,
        RunLimit limit,
        string server,
        long now
    )
    {
        var open = new List<string>();
        foreach (var state in (string[])[Running, Waiting])
            open.AddRange(
                await session
                    .Of(run.TenantId)
                    .Query<string>(
                        $"SELECT id FROM runs WHERE {state} AND cancel_asked_at IS NULL{Narrow(limit)} ORDER BY id",
                        Members(run)
                    )
            );
        var replaced = new List<CancelWish>();
        foreach (var id in open.Take(Math.Max(0, open.Count - limit.Limit + 1)))
            replaced.Add(await RunWishStore.Cancel(session, run.TenantId, id, server, now));
        return replaced;
    }

    private static async Task<long> Count(
        Session session,
        Run run,
        RunLimit limit,
        string state,
        int most = RunLimit.Most
    ) =>
        await session
            .Of(run.TenantId)
            .First<long>(
                $"SELECT COUNT(*) FROM (SELECT id FROM runs WHERE {state}{Narrow(limit)} LIMIT {most}) counted",
                Members(run)
            );

    private static object Members(Run run) =>
        new
        {
            environment = run.Environment,
            flow = run.Flow,
            key = run.KeyId,
        };

    private static string Narrow(RunLimit limit) =>
        (limit.OfFlow ? " AND flow = @flow" : "")
        + (limit.PerKey ? " AND COALESCE(key_id, '') = COALESCE(CAST(@key AS TEXT), '')" : "");
}
