-- Profiles of flows; flow is empty for the tenant's default. Parameters are plain, overrides of secrets are sealed in secret_values.
CREATE TABLE configs (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    environment TEXT NOT NULL,
    flow TEXT NOT NULL,
    name TEXT NOT NULL,
    node_timeout_seconds BIGINT,
    params {bytes},
    -- JSON: how many runs may run at once, of all and of each key, and what becomes of the next.
    concurrency TEXT,
    concurrency_per_key TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

CREATE UNIQUE INDEX configs_by_name ON configs (tenant_id, environment, flow, name);
