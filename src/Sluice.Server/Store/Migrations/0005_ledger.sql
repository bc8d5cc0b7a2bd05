-- The ledger: what happened, in one chain for each tenant; the chain of the installation itself has the id 'house'.
-- Rows are added at the end and removed, when their time is over, from the beginning; none is ever changed.
CREATE TABLE ledger (
    tenant_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    action TEXT NOT NULL,
    result TEXT NOT NULL,
    code TEXT,
    door TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor TEXT,
    actor_name TEXT,
    key_id TEXT,
    environment TEXT,
    address TEXT,
    request_id TEXT,
    target_kind TEXT,
    target TEXT,
    details TEXT,
    prev {bytes} NOT NULL,
    hash {bytes} NOT NULL,
    PRIMARY KEY (tenant_id, seq)
);

CREATE INDEX ledger_by_request ON ledger (tenant_id, request_id);

CREATE INDEX ledger_by_target ON ledger (tenant_id, target, seq);

CREATE INDEX ledger_by_actor ON ledger (tenant_id, actor, seq);

CREATE INDEX ledger_by_time ON ledger (tenant_id, at);

-- Where a chain ends: whoever adds to it holds this row until the end of the transaction.
CREATE TABLE ledger_heads (
    tenant_id TEXT PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash {bytes} NOT NULL
);

-- Signed words on how long a chain was, and with what it ended. An anchor stands for what was removed before it.
CREATE TABLE ledger_checkpoints (
    tenant_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    anchor BIGINT NOT NULL,
    line {bytes} NOT NULL,
    PRIMARY KEY (tenant_id, seq, anchor)
);

-- Keys that sign checkpoints: what derives one is wrapped by the master key, like a data key; what checks it is no secret.
CREATE TABLE signing_keys (
    id TEXT PRIMARY KEY,
    public_key {bytes} NOT NULL,
    master_key_id TEXT NOT NULL,
    wrapped {bytes} NOT NULL,
    created_at BIGINT NOT NULL
);
