-- What was sold: of the text of a license key an HMAC and a mask. `purpose` install: for a whole house, with no tenant of this one.
CREATE TABLE licenses (
    id TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    tenant TEXT REFERENCES tenants (id),
    organization TEXT NOT NULL,
    tier TEXT NOT NULL,
    form TEXT NOT NULL,
    -- Which of license_issuers made its key.
    issuer TEXT NOT NULL,
    fingerprint {bytes} NOT NULL,
    masked TEXT NOT NULL,
    -- Null: any number.
    max_nodes BIGINT,
    -- Words, separated by spaces.
    features TEXT NOT NULL,
    -- Calls a minute with the key itself; null: the tenant's limits alone.
    rate_limit BIGINT,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    renewed_from TEXT,
    renewed_to TEXT,
    revoked_at BIGINT,
    -- Since when its key opens no door, because it was found in public.
    leaked_at BIGINT
);

CREATE UNIQUE INDEX licenses_by_fingerprint ON licenses (fingerprint);

CREATE INDEX licenses_by_tenant ON licenses (tenant, expires_at);

-- The keys that licenses are issued with: what derives one is wrapped by the master key, as a data key is; what checks it is no secret.
CREATE TABLE license_issuers (
    id TEXT PRIMARY KEY,
    public_key {bytes} NOT NULL,
    master_key_id TEXT NOT NULL,
    wrapped {bytes} NOT NULL,
    created_at BIGINT NOT NULL
);

-- Servers that say every two minutes that they live; one counts for five. seated_at: since when it may take work; null: it is one too many.
CREATE TABLE nodes (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    version TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    seated_at BIGINT
);

-- What a server took of the limits in a second, for the others: read once and gone within a minute, so that no log is kept of it.
{postgres} CREATE UNLOGGED TABLE limit_notes (
    node TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    taken TEXT NOT NULL,
    PRIMARY KEY (node, seq)
);
