-- Runs. What has happened in one is its journal, below; a run's row is what it was called with and how it stands.
-- Payloads (input, output, error, logs) begin with a byte that says how they are kept: 0 as they are, 1 sealed with the
-- tenant's data key, 2 in run_payloads.
CREATE TABLE runs (
    -- Refers to no tenant: PostgreSQL would lock the tenant's row for each of its runs.
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    environment TEXT NOT NULL,
    flow TEXT NOT NULL,
    graph_id TEXT NOT NULL,
    status TEXT NOT NULL,
    key_id TEXT,
    config_id TEXT,
    node_timeout_seconds BIGINT NOT NULL,
    params {bytes},
    secrets_version BIGINT NOT NULL,
    input {bytes} NOT NULL,
    output {bytes},
    error {bytes},
    -- Who carries it; empty: nobody, while it is paused or waits in the background.
    server TEXT NOT NULL,
    request_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- Null while it is queued.
    started_at BIGINT,
    deadline_at BIGINT,
    cancel_asked_at BIGINT,
    pause_asked_at BIGINT,
    paused_at BIGINT,
    ended_at BIGINT,
    -- Whether a caller waits for its end: those go before the others.
    interactive BIGINT NOT NULL,
    priority BIGINT NOT NULL,
    -- 1 when a limit on runs at once holds for it.
    limited BIGINT NOT NULL,
    -- Which, as JSON, pinned when it was accepted; and which runs are counted alike with it: environment, flow and key.
    limits TEXT,
    limit_group TEXT,
    -- Of a subflow's run: the run and the call (placement#visit[item]@attempt) that it answers, and how deep it lies.
    root_id TEXT,
    parent_id TEXT,
    parent_step TEXT,
    depth BIGINT NOT NULL,
    -- Of a replay: the run before it, and how much of that one's journal it took over.
    replay_of TEXT,
    fork_seq BIGINT,
    -- JSON array of the placements before which it pauses; null: none.
    breakpoints TEXT,
    -- When somebody took it off the list of dead letters.
    dismissed_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);

CREATE INDEX runs_by_environment ON runs (tenant_id, environment, id);

CREATE INDEX runs_by_flow ON runs (tenant_id, environment, flow, id);

-- Runs by state, for lists; of those that succeeded any list is full after a few.
CREATE INDEX runs_by_status ON runs (tenant_id, environment, status, id) WHERE status <> 'succeeded';

CREATE INDEX runs_by_time ON runs (tenant_id, environment, created_at);

CREATE INDEX runs_unfinished ON runs (server, id) WHERE ended_at IS NULL;

-- The queue: by tenant and turn; those with a deadline; and, of those under limits, the first of each group.
CREATE INDEX runs_queued ON runs (tenant_id, interactive, limited, priority DESC, id) WHERE status = 'queued';

CREATE INDEX runs_queued_deadline ON runs (deadline_at) WHERE status = 'queued' AND deadline_at IS NOT NULL;

CREATE INDEX runs_queued_groups ON runs (tenant_id, interactive, limit_group, priority DESC, id)
WHERE status = 'queued' AND limited = 1;

-- What limits count: those that wait and those that run, apart.
CREATE INDEX runs_limited_queued ON runs (tenant_id, environment, flow, id) WHERE status = 'queued' AND limited = 1;

CREATE INDEX runs_limited ON runs (tenant_id, environment, flow, id)
WHERE limited = 1 AND ended_at IS NULL AND status <> 'queued';

CREATE UNIQUE INDEX runs_by_parent ON runs (tenant_id, parent_id, parent_step) WHERE parent_id IS NOT NULL;

CREATE INDEX runs_dead ON runs (tenant_id, environment, id)
WHERE status IN ('failed', 'compensated') AND dismissed_at IS NULL AND parent_id IS NULL;

-- The journal of a run (docs/decisions/008-a-flow-is-a-journal-and-a-fold.md): what each attempt of a step came to, in the order in which it was
-- recorded, and under the alias @run what else decides how the run goes on. Rows are added, never changed. A step's
-- input is not kept: it follows from the graph and the lines before.
CREATE TABLE run_steps (
    tenant_id TEXT NOT NULL,
    run_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    alias TEXT NOT NULL,
    visit BIGINT NOT NULL,
    item BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    status TEXT NOT NULL,
    output {bytes},
    error {bytes},
    logs {bytes},
    -- Null: it happened in this run; 'copied' or 'edited': it was taken over from the run that this one replays.
    origin TEXT,
    cold BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    duration_us BIGINT NOT NULL,
    -- Of a flow over streams, whose frames are not kept: how many went into a placement, and came out.
    frames_in BIGINT,
    frames_out BIGINT,
    PRIMARY KEY (tenant_id, run_id, seq),
    UNIQUE (tenant_id, run_id, alias, visit, item, attempt)
);

-- What is too large for the rows above: they hold its id instead.
CREATE TABLE run_payloads (
    tenant_id TEXT NOT NULL,
    run_id TEXT NOT NULL,
    id TEXT NOT NULL,
    body {bytes} NOT NULL,
    PRIMARY KEY (tenant_id, run_id, id)
);

CREATE TABLE run_idempotency (
    tenant_id TEXT NOT NULL,
    environment TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    body_hash {bytes} NOT NULL,
    run_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, environment, idempotency_key)
);

CREATE INDEX run_idempotency_by_time ON run_idempotency (created_at);

-- What a tenant has said of how long things are kept, as JSON.
CREATE TABLE tenant_settings (
    tenant_id TEXT PRIMARY KEY,
    settings TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Servers that share this store. Each holds an advisory lock of PostgreSQL's for as long as it lives, and says now and then, by the
-- database's clock, that it does; an embedded store has one, and no row. gone_at: whoever sees it takes its runs. sessions: the
-- application_name of all its sessions.
CREATE TABLE servers (
    name TEXT PRIMARY KEY,
    lock BIGINT NOT NULL,
    sessions TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    gone_at BIGINT
);
