-- Runs added up by day, by flow and by key, so that nobody who looks at usage adds up all of them. Each of them is there once it has
-- ended, when it began before the mark of its tenant and environment.
CREATE TABLE usage_days (
    tenant_id TEXT NOT NULL,
    environment TEXT NOT NULL,
    -- In days since 1970, UTC.
    day BIGINT NOT NULL,
    -- 'flow' or 'key'; each run is in both.
    kind TEXT NOT NULL,
    -- Of the flow, or the key's id; empty: no key called it.
    name TEXT NOT NULL,
    succeeded BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    total BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, environment, day, kind, name)
);

-- How far they are added up.
CREATE TABLE usage_marks (
    tenant_id TEXT NOT NULL,
    environment TEXT NOT NULL,
    until_at BIGINT NOT NULL,
    -- So many runs began before it, subflows' too.
    runs BIGINT NOT NULL,
    -- Grows with every change of the sums.
    version BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, environment)
);

-- Runs before the mark that had not ended when it passed them.
CREATE TABLE usage_open (
    tenant_id TEXT NOT NULL,
    environment TEXT NOT NULL,
    run_id TEXT NOT NULL,
    PRIMARY KEY (tenant_id, environment, run_id)
);
