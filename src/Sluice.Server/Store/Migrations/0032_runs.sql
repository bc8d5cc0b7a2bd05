-- Runs and the steps that are done. A step's input is not kept: it follows from the graph and the outputs before it.
CREATE TABLE runs (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
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
    server TEXT NOT NULL,
    request_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    deadline_at BIGINT,
    cancel_asked_at BIGINT,
    ended_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);

CREATE INDEX runs_by_environment ON runs (tenant_id, environment, id);

CREATE INDEX runs_by_time ON runs (tenant_id, environment, created_at);

CREATE INDEX runs_unfinished ON runs (server, id) WHERE ended_at IS NULL;

CREATE TABLE run_steps (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    run_id TEXT NOT NULL,
    alias TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    status TEXT NOT NULL,
    output {bytes},
    error {bytes},
    logs {bytes},
    cold BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    duration_us BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, run_id, alias, attempt)
);

CREATE TABLE run_idempotency (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    environment TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    body_hash {bytes} NOT NULL,
    run_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, environment, idempotency_key)
);

-- Servers that share this store. Each holds an advisory lock of PostgreSQL's for as long as it lives; an embedded store has one, and no row.
CREATE TABLE servers (
    name TEXT PRIMARY KEY,
    lock BIGINT NOT NULL,
    started_at BIGINT NOT NULL
);
