using Sluice.Server.Store;

namespace Sluice.Server.Flows.Runs;

/// <summary>SQL on the journal: rows are added by whoever carries the run, and never changed.</summary>
internal static class JournalStore
{
    private const string Columns =
        "tenant_id, run_id, seq, alias, visit, item, attempt, status, error, origin, cold, started_at, ended_at, duration_us, frames_in, frames_out";

    private static readonly HotStatement InsertLine = Insert("AND r.ended_at IS NULL");

    /// <summary>The run's row was added with its end in it, just before.</summary>
    private static readonly HotStatement InsertLineOfEnded = Insert("");

    private static HotStatement Insert(string unlessEnded) =>
        new(
            $"""
            INSERT INTO run_steps (tenant_id, run_id, seq, alias, visit, item, attempt, status, output, error, logs, origin, cold, started_at, ended_at, duration_us, frames_in, frames_out)
            SELECT @tenant, @run, @seq, @alias, @visit, @item, @attempt, @status, @output, @error, @logs, @origin, @cold, @started, @ended, @duration, @in, @out /*each*/
            WHERE (SELECT r.server FROM runs r WHERE r.tenant_id = @tenant AND r.id = @run {unlessEnded}) = @server
            ON CONFLICT DO NOTHING
            """,
            "run",
            "seq:number",
            "alias",
            "visit:number",
            "item:number",
            "attempt:number",
            "status",
            "output:bytes",
            "error:bytes",
            "logs:bytes",
            "origin",
            "cold:number",
            "started:number",
            "ended:number",
            "duration:number",
            "in:number",
            "out:number",
            "server"
        );

    /// <summary>0 when the run is not this server's any more, has ended, or the line is on record already.</summary>
    public static async Task<int> Append(
        Session session,
        PayloadSealer sealer,
        string tenantId,
        string runId,
        JournalLine line,
        string server
    )
    {
        var write = new HotWrite();
        List<PayloadSealer.Large>? aside = null;
        Append(write, sealer, ref aside, tenantId, runId, line, server);
        PayloadStore.Add(write, tenantId, runId, aside);
        return (await write.Execute(session))[0];
    }

    /// <summary>As the other, in one commit with the writes of others; what it keeps aside is still to be added.</summary>
    /// <param name="ofEnded">Whether the same write has added the run's row with its end in it.</param>
    public static void Append(
        HotWrite write,
        PayloadSealer sealer,
        ref List<PayloadSealer.Large>? aside,
        string tenantId,
        string runId,
        JournalLine line,
        string server,
        bool ofEnded = false
    ) =>
        write.Add(
            ofEnded ? InsertLineOfEnded : InsertLine,
            tenantId,
            runId,
            line.Seq,
            line.Alias,
            line.Visit,
            line.Item,
            line.Attempt,
            line.Status,
            line.Output is null
                ? null
                : sealer.Seal(runId, line.OutputPlace, line.Output, ref aside),
            line.Error is null ? null : sealer.Seal(runId, line.ErrorPlace, line.Error, ref aside),
            line.Logs is null ? null : sealer.Seal(runId, line.LogsPlace, line.Logs, ref aside),
            line.Origin,
            line.Cold,
            line.StartedAt,
            line.EndedAt,
            line.DurationUs,
            line.FramesIn,
            line.FramesOut,
            server
        );

    /// <summary>The whole journal in its order.</summary>
    public static Task<IReadOnlyList<JournalLine>> Read(
        Session session,
        string tenantId,
        string runId
    ) =>
        session
            .Of(tenantId)
            .Query<JournalLine>(
                $"SELECT {Columns}, output, logs FROM run_steps WHERE tenant_id = @tenant AND run_id = @runId ORDER BY seq",
                new { runId }
            );

    /// <summary>The next lines after a number, without outputs and logs.</summary>
    public static Task<IReadOnlyList<JournalLine>> After(
        Session session,
        string tenantId,
        string runId,
        long seq,
        int limit
    ) =>
        session
            .Of(tenantId)
            .Query<JournalLine>(
                $"SELECT {Columns} FROM run_steps WHERE tenant_id = @tenant AND run_id = @runId AND seq > @seq ORDER BY seq LIMIT @limit",
                new
                {
                    runId,
                    seq,
                    limit,
                }
            );

    /// <summary>The number of the last line; 0 before the first.</summary>
    public static async Task<long> Last(Session session, string tenantId, string runId) =>
        await session
            .Of(tenantId)
            .First<long?>(
                "SELECT MAX(seq) FROM run_steps WHERE tenant_id = @tenant AND run_id = @runId",
                new { runId }
            )
        ?? 0;
}
