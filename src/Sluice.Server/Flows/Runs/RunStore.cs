using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Runs;

/// <summary>SQL on <c>runs</c>, <c>run_steps</c> and <c>run_idempotency</c>.</summary>
internal static class RunStore
{
    private const string Light =
        "tenant_id, id, environment, flow, graph_id, status, key_id, config_id, node_timeout_seconds, secrets_version, error, request_id, created_at, deadline_at, cancel_asked_at, ended_at";

    private const string Whole = Light + ", params, input, output";

    private static readonly HotStatement InsertRun = new(
        """
        INSERT INTO runs (tenant_id, id, environment, flow, graph_id, status, key_id, config_id, node_timeout_seconds, params, secrets_version, input, server, request_id, created_at, deadline_at)
        VALUES (@tenant, @id, @environment, @flow, @graph, @status, @key, @config, @timeout, @params, @secrets, @input, @server, @request, @created, @deadline)
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
        "server",
        "request",
        "created:number",
        "deadline:number"
    );

    // A step is kept only while the run is carried by the server that did it: one that was taken for dead writes nothing.
    private static readonly HotStatement InsertStep = new(
        """
        INSERT INTO run_steps (tenant_id, run_id, alias, attempt, status, output, error, logs, cold, started_at, ended_at, duration_us)
        SELECT @tenant, r.id, @alias, @attempt, @status, @output, @error, @logs, @cold, @started, @ended, @duration
        FROM runs r WHERE r.tenant_id = @tenant AND r.id = @run AND r.server = @server AND r.ended_at IS NULL
        ON CONFLICT (tenant_id, run_id, alias, attempt) DO NOTHING
        """,
        "run",
        "alias",
        "attempt:number",
        "status",
        "output:bytes",
        "error:bytes",
        "logs:bytes",
        "cold:number",
        "started:number",
        "ended:number",
        "duration:number",
        "server"
    );

    // The last condition is what makes a run end exactly once.
    private static readonly HotStatement EndRun = new(
        "UPDATE runs SET status = @status, output = @output, error = @error, ended_at = @ended WHERE tenant_id = @tenant AND id = @id AND server = @server AND ended_at IS NULL",
        "status",
        "output:bytes",
        "error:bytes",
        "ended:number",
        "id",
        "server"
    );

    public static Task<int> Insert(Session session, Run run, string server) =>
        InsertRun.Execute(
            session,
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
            run.Input,
            server,
            run.RequestId,
            run.CreatedAt,
            run.DeadlineAt
        );

    /// <summary>0 when the run is not this server's any more, or the step is on record already.</summary>
    public static Task<int> Insert(
        Session session,
        string tenantId,
        string runId,
        Step step,
        string server
    ) =>
        InsertStep.Execute(
            session,
            tenantId,
            runId,
            step.Alias,
            step.Attempt,
            step.Status,
            step.Output,
            step.Error,
            step.Logs,
            step.Cold,
            step.StartedAt,
            step.EndedAt,
            step.DurationUs,
            server
        );

    /// <summary>1 when this call ended the run, 0 when it had ended before.</summary>
    public static Task<int> End(
        Session session,
        string tenantId,
        string id,
        string status,
        byte[]? output,
        byte[]? error,
        long now,
        string server
    ) => EndRun.Execute(session, tenantId, status, output, error, now, id, server);

    public static Task<Run?> Find(Session session, string tenantId, string id) =>
        session
            .Of(tenantId)
            .First<Run>(
                $"SELECT {Whole} FROM runs WHERE tenant_id = @tenant AND id = @id",
                new { id }
            );

    /// <summary>Newest first, without inputs and outputs.</summary>
    public static Task<IReadOnlyList<Run>> List(
        Session session,
        string tenantId,
        string environment,
        string? flow,
        string? status,
        Page page
    ) =>
        session
            .Of(tenantId)
            .Query<Run>(
                $"""
                SELECT {Light}, {session.EmptyBytes} AS input FROM runs
                WHERE tenant_id = @tenant AND environment = @environment AND (CAST(@flow AS TEXT) IS NULL OR flow = @flow)
                  AND (CAST(@status AS TEXT) IS NULL OR status = @status) AND (CAST(@cursor AS TEXT) IS NULL OR id < @cursor)
                ORDER BY id DESC LIMIT @limit
                """,
                new
                {
                    environment,
                    flow,
                    status,
                    cursor = page.Cursor,
                    limit = page.Limit + 1,
                }
            );

    public static Task<IReadOnlyList<Step>> Steps(Session session, string tenantId, string runId) =>
        session
            .Of(tenantId)
            .Query<Step>(
                "SELECT alias, attempt, status, output, error, logs, cold, started_at, ended_at, duration_us FROM run_steps WHERE tenant_id = @tenant AND run_id = @runId ORDER BY ended_at, started_at, alias",
                new { runId }
            );

    /// <summary>1 when the run has not ended; asking again keeps the first time.</summary>
    public static Task<int> AskCancel(Session session, string tenantId, string id, long now) =>
        session
            .Of(tenantId)
            .Execute(
                "UPDATE runs SET cancel_asked_at = COALESCE(cancel_asked_at, @now) WHERE tenant_id = @tenant AND id = @id AND ended_at IS NULL",
                new { id, now }
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
            .First<string>(
                "SELECT id FROM runs WHERE tenant_id = @tenant AND id = @id AND server = @server AND ended_at IS NULL",
                new { id, server }
            )
            is not null;

    /// <summary>Gives a dead server's unfinished runs to another.</summary>
    public static Task<int> TakeOver(Session session, string dead, string server) =>
        session
            .Across("the runs of a dead server are of any tenant")
            .Execute(
                "UPDATE runs SET server = @server WHERE server = @dead AND ended_at IS NULL",
                new { dead, server }
            );

    /// <summary>The oldest number of secrets that an unfinished run has pinned; null when there is none.</summary>
    public static Task<long?> OldestPin(Session session, string tenantId, string environment) =>
        session
            .Of(tenantId)
            .First<long?>(
                "SELECT MIN(secrets_version) FROM runs WHERE tenant_id = @tenant AND environment = @environment AND ended_at IS NULL",
                new { environment }
            );

    /// <summary>Runs that a server accepted and did not end, oldest first.</summary>
    public static Task<IReadOnlyList<Run>> Unfinished(Session session, string server) =>
        session
            .Across(
                "a starting server carries on what it, or a dead one, left unfinished, whosever it is"
            )
            .Query<Run>(
                $"SELECT {Whole} FROM runs WHERE server = @server AND ended_at IS NULL ORDER BY id",
                new { server }
            );

    public static Task<IdempotentCall?> FindCall(
        Session session,
        string tenantId,
        string environment,
        string key
    ) =>
        session
            .Of(tenantId)
            .First<IdempotentCall>(
                "SELECT body_hash, run_id, created_at FROM run_idempotency WHERE tenant_id = @tenant AND environment = @environment AND idempotency_key = @key",
                new { environment, key }
            );

    public static Task<int> SaveCall(
        Session session,
        string tenantId,
        string environment,
        string key,
        IdempotentCall call
    ) =>
        session
            .Of(tenantId)
            .Execute(
                """
                INSERT INTO run_idempotency (tenant_id, environment, idempotency_key, body_hash, run_id, created_at)
                VALUES (@tenant, @environment, @key, @BodyHash, @RunId, @CreatedAt)
                ON CONFLICT (tenant_id, environment, idempotency_key) DO UPDATE SET
                    body_hash = excluded.body_hash, run_id = excluded.run_id, created_at = excluded.created_at
                """,
                new
                {
                    environment,
                    key,
                    call.BodyHash,
                    call.RunId,
                    call.CreatedAt,
                }
            );
}

/// <summary>What a caller's Idempotency-Key stands for, for 24 hours.</summary>
internal sealed record IdempotentCall
{
    /// <summary>SHA-256 of the body.</summary>
    public required byte[] BodyHash { get; init; }

    public required string RunId { get; init; }

    public required long CreatedAt { get; init; }
}
