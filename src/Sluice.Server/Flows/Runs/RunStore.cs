using Sluice.Server.Flows.Configs;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Runs;

/// <summary>
/// SQL on <c>runs</c>. Whoever carries a run writes to it under one condition: it is this server's and has not ended. A
/// server that was taken for dead changes nothing, and a run ends once.
/// </summary>
internal static class RunStore
{
    public const string Light =
        "tenant_id, id, environment, flow, graph_id, status, key_id, config_id, node_timeout_seconds, secrets_version, error, server, request_id, created_at, started_at, deadline_at, cancel_asked_at, pause_asked_at, paused_at, ended_at, interactive, priority, limited, limits, limit_group, root_id, parent_id, parent_step, depth, replay_of, fork_seq, breakpoints, dismissed_at";

    public const string Whole = Light + ", params, input, output";

    private const string Carried =
        "tenant_id = @tenant AND id = @id AND server = @server AND ended_at IS NULL";

    // A child that is on record already stays as it is. What was remembered of config and secrets must still hold.
    private static readonly HotStatement InsertRun = new(
        $"""
        INSERT INTO runs (tenant_id, id, environment, flow, graph_id, status, key_id, config_id, node_timeout_seconds, params, secrets_version, input, output, error, server, request_id, created_at, started_at, deadline_at, paused_at, ended_at, interactive, priority, limited, root_id, parent_id, parent_step, depth, replay_of, fork_seq, breakpoints)
        SELECT @tenant, @id, @environment, @flow, @graph, @status, @key, @config, @timeout, @params, @secrets, @input, @output, @error, @server, @request, @created, @started, @deadline, @paused, @ended, @interactive, @priority, @limited, @root, @parent, @step, @depth, @replay, @fork, @breakpoints /*each*/
        WHERE (@known IS NULL OR COALESCE((SELECT e.last FROM environment_changes e WHERE e.tenant_id = @tenant AND e.environment = @environment), 0) = @known)
          AND {ServerStore.MayTake}
        ON CONFLICT DO NOTHING
        """,
        "id",
        "environment",
        "flow",
        "graph",
        "status",
        "key",
        "config",
        "timeout:number",
        "params:bytes",
        "secrets:number",
        "input:bytes",
        "output:bytes",
        "error:bytes",
        "server",
        "request",
        "created:number",
        "started:number",
        "deadline:number",
        "paused:number",
        "ended:number",
        "interactive:number",
        "priority:number",
        "limited:number",
        "root",
        "parent",
        "step",
        "depth:number",
        "replay",
        "fork:number",
        "breakpoints",
        "known:number"
    );

    // The last condition is what makes a run end exactly once.
    private static readonly HotStatement EndRun = new(
        $"UPDATE runs SET status = @status, output = @output, error = @error, ended_at = @ended /*each*/ WHERE {Carried}",
        "status",
        "output:bytes",
        "error:bytes",
        "ended:number",
        "id",
        "server"
    );

    private static readonly HotStatement SetRunStatus = new(
        $"UPDATE runs SET status = @status /*each*/ WHERE {Carried}",
        "status",
        "id",
        "server"
    );

    /// <summary>0 when there is one with this id, or one for this call of this parent; also when its server lost its runs.</summary>
    public static async Task<int> Insert(Session session, PayloadSealer sealer, Run run)
    {
        var write = new HotWrite();
        Insert(write, sealer, run, known: null);
        return (await write.Execute(session))[0];
    }

    /// <summary>Changes no row when the environment has changed since what the run goes by was read (see <see cref="ConfigChoice.At"/>), or its server lost its runs.</summary>
    /// <param name="write">Its next statement is this.</param>
    /// <param name="sealer">Of the run's tenant.</param>
    /// <param name="run">With its end, if it has ended.</param>
    public static void InsertUnlessChanged(HotWrite write, PayloadSealer sealer, Run run) =>
        Insert(write, sealer, run, known: run.SecretsVersion);

    private static void Insert(HotWrite write, PayloadSealer sealer, Run run, long? known)
    {
        List<PayloadSealer.Large>? aside = null;
        write.Add(
            InsertRun,
            run.TenantId,
            run.Id,
            run.Environment,
            run.Flow,
            run.GraphId,
            run.Status,
            run.KeyId,
            run.ConfigId,
            run.NodeTimeoutSeconds,
            run.Params,
            run.SecretsVersion,
            sealer.Seal(run.Id, Run.InputPlace, run.Input, ref aside),
            sealer.Seal(run.Id, Run.OutputPlace, run.Output, ref aside),
            sealer.Seal(run.Id, Run.ErrorPlace, run.Error, ref aside),
            run.Server,
            run.RequestId,
            run.CreatedAt,
            run.StartedAt,
            run.DeadlineAt,
            run.PausedAt,
            run.EndedAt,
            run.Interactive,
            run.Priority,
            run.Limited,
            run.RootId,
            run.ParentId,
            run.ParentStep,
            run.Depth,
            run.ReplayOf,
            run.ForkSeq,
            run.Breakpoints,
            known
        );
        PayloadStore.Add(write, run.TenantId, run.Id, aside);
    }

    /// <summary>Keeps under which limits a run stands.</summary>
    public static Task<int> SetLimits(Session session, Run run) =>
        session
            .Of(run.TenantId)
            .Execute(
                "UPDATE runs SET limits = @Limits, limit_group = @LimitGroup WHERE tenant_id = @tenant AND id = @Id",
                new
                {
                    run.Id,
                    run.Limits,
                    run.LimitGroup,
                }
            );

    /// <summary>Changes 1 row when it ends the run, none when that had ended before or is another server's.</summary>
    public static void End(
        HotWrite write,
        PayloadSealer sealer,
        ref List<PayloadSealer.Large>? aside,
        string tenantId,
        string id,
        RunEnd end,
        string server
    ) =>
        write.Add(
            EndRun,
            tenantId,
            end.Status,
            sealer.Seal(id, Run.OutputPlace, end.Output, ref aside),
            sealer.Seal(id, Run.ErrorPlace, end.Error, ref aside),
            end.EndedAt,
            id,
            server
        );

    /// <summary>Changes no row when the run is not this server's any more.</summary>
    public static void SetStatus(
        HotWrite write,
        string tenantId,
        string id,
        string status,
        string server
    ) => write.Add(SetRunStatus, tenantId, status, id, server);

    public static Task<Run?> Find(Session session, string tenantId, string id) =>
        session
            .Of(tenantId)
            .First<Run>(
                $"SELECT {Whole} FROM runs WHERE tenant_id = @tenant AND id = @id",
                new { id }
            );

    /// <summary>Without input, output and parameters.</summary>
    public static Task<Run?> Head(Session session, string tenantId, string id) =>
        session
            .Of(tenantId)
            .First<Run>(
                $"SELECT {Light}, {session.EmptyBytes} AS input FROM runs WHERE tenant_id = @tenant AND id = @id",
                new { id }
            );

    /// <summary>Those that a caller started, or the children of one; newest first, without inputs and outputs.</summary>
    public static Task<IReadOnlyList<Run>> List(
        Session session,
        string tenantId,
        string environment,
        RunFilter filter,
        Page page
    ) =>
        session
            .Of(tenantId)
            .Query<Run>(
                $"""
                SELECT {Light}, {session.EmptyBytes} AS input FROM runs
                WHERE tenant_id = @tenant AND environment = @environment{(
                    filter.Flow is null ? "" : " AND flow = @Flow"
                )}
                  {InState(filter.Status)}
                  AND {(filter.Parent is null ? "parent_id IS NULL" : "parent_id = @Parent")}
                  AND (CAST(@cursor AS TEXT) IS NULL OR id < @cursor)
                ORDER BY id DESC LIMIT @limit
                """,
                new
                {
                    environment,
                    filter.Flow,
                    filter.Status,
                    filter.Parent,
                    cursor = page.Cursor,
                    limit = page.Limit + 1,
                }
            );

    /// <summary>A state other than succeeded has an index, which is found only where the statement says that it is another.</summary>
    private static string InState(string? status) =>
        status switch
        {
            null => "",
            RunStatus.Succeeded => "AND status = @Status",
            _ => "AND status = @Status AND status <> 'succeeded'",
        };

    /// <summary>Runs that a caller started, that failed, and that are not taken care of; newest first.</summary>
    public static Task<IReadOnlyList<Run>> Dead(
        Session session,
        string tenantId,
        string environment,
        string? flow,
        Page page
    ) =>
        session
            .Of(tenantId)
            .Query<Run>(
                $"""
                SELECT {Light}, {session.EmptyBytes} AS input FROM runs
                WHERE tenant_id = @tenant AND environment = @environment AND (CAST(@flow AS TEXT) IS NULL OR flow = @flow)
                  AND status IN ('failed', 'compensated') AND dismissed_at IS NULL AND parent_id IS NULL
                  AND (CAST(@cursor AS TEXT) IS NULL OR id < @cursor)
                ORDER BY id DESC LIMIT @limit
                """,
                new
                {
                    environment,
                    flow,
                    cursor = page.Cursor,
                    limit = page.Limit + 1,
                }
            );

    /// <summary>Takes a run off the dead letters; 0 when it is not among them.</summary>
    public static Task<int> Dismiss(Session session, string tenantId, string id, long now) =>
        session
            .Of(tenantId)
            .Execute(
                """
                UPDATE runs SET dismissed_at = @now
                WHERE tenant_id = @tenant AND id = @id AND status IN ('failed', 'compensated') AND dismissed_at IS NULL AND parent_id IS NULL
                """,
                new { id, now }
            );

    /// <summary>The run that a call of a parent started; null before it was.</summary>
    public static Task<Run?> Child(Session session, string tenantId, string parent, string step) =>
        session
            .Of(tenantId)
            .First<Run>(
                $"SELECT {Whole} FROM runs WHERE tenant_id = @tenant AND parent_id = @parent AND parent_step = @step",
                new { parent, step }
            );

    public static Task<IReadOnlyList<Run>> Children(
        Session session,
        string tenantId,
        string parent
    ) =>
        session
            .Of(tenantId)
            .Query<Run>(
                $"SELECT {Light}, {session.EmptyBytes} AS input FROM runs WHERE tenant_id = @tenant AND parent_id = @parent",
                new { parent }
            );

    /// <summary>Whether the run is unfinished and carried by this server.</summary>
    public static async Task<bool> IsCarriedBy(
        Session session,
        string tenantId,
        string id,
        string server
    ) =>
        await session
            .Of(tenantId)
            .First<string>($"SELECT id FROM runs WHERE {Carried}", new { id, server })
            is not null;

    /// <summary>Gives a dead server's unfinished runs to another; those that wait for their turn are anyone's then.</summary>
    public static Task<int> TakeOver(Session session, string dead, string server) =>
        session
            .Across("the runs of a dead server are of any tenant")
            .Execute(
                """
                UPDATE runs SET server = CASE WHEN status = 'queued' THEN '' ELSE @server END,
                    interactive = CASE WHEN status = 'queued' THEN 0 ELSE interactive END
                WHERE server = @dead AND ended_at IS NULL
                """,
                new { dead, server }
            );

    /// <summary>Whether a run is still there that was accepted before a time.</summary>
    public static async Task<bool> AnyBefore(Session session, string tenantId, long before) =>
        await session
            .Of(tenantId)
            .First<string>(
                "SELECT id FROM runs WHERE tenant_id = @tenant AND environment IN ('live', 'test') AND created_at < @before LIMIT 1",
                new { before }
            )
            is not null;

    /// <summary>The oldest number of secrets that an unfinished run has pinned; null when there is none.</summary>
    public static Task<long?> OldestPin(Session session, string tenantId, string environment) =>
        session
            .Of(tenantId)
            .First<long?>(
                "SELECT MIN(secrets_version) FROM runs WHERE tenant_id = @tenant AND environment = @environment AND ended_at IS NULL",
                new { environment }
            );

    /// <summary>Runs that are a server's to carry, oldest first; those that wait for their turn are not among them.</summary>
    public static Task<IReadOnlyList<Run>> Unfinished(Session session, string server) =>
        session
            .Across(
                "a starting server carries on what it, or a dead one, left unfinished, whosever it is"
            )
            .Query<Run>(
                $"SELECT {Whole} FROM runs WHERE server = @server AND ended_at IS NULL AND status <> 'queued' ORDER BY id",
                new { server }
            );
}

/// <summary>Which runs a list shows; null: any.</summary>
/// <param name="Parent">Only the runs of this run's subflows; null: only those that a caller started.</param>
internal sealed record RunFilter(string? Flow, string? Status, string? Parent);
