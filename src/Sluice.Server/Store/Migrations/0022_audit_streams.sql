-- Webhooks that a tenant's ledger is sent to, and how far each has come. The secret that signs is among secret_values.
CREATE TABLE audit_streams (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    url TEXT NOT NULL,
    -- Actions that are wanted, with blanks between; empty for all.
    actions TEXT NOT NULL,
    enabled BIGINT NOT NULL,
    disabled_reason TEXT,
    created_at BIGINT NOT NULL,
    -- The last entry that is done with: delivered, or not wanted.
    cursor_seq BIGINT NOT NULL,
    -- The last entry of what is being delivered; it stays until that has succeeded, so that a message is the same each time.
    batch_last BIGINT,
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    failing_since BIGINT,
    last_at BIGINT,
    last_status BIGINT,
    delivered_seq BIGINT,
    delivered_at BIGINT,
    -- The server that delivers, and until when nobody else does.
    lease_owner TEXT,
    lease_until BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
