-- API keys: the SHA-256 of the text and what a person may see of it, nothing else.
CREATE TABLE keys (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    environment TEXT NOT NULL,
    name TEXT NOT NULL,
    shape TEXT NOT NULL,
    hash {bytes} NOT NULL,
    masked TEXT NOT NULL,
    scopes BIGINT,
    owner_kind TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    allowed_cidrs TEXT,
    rate_limit BIGINT,
    daily_quota BIGINT,
    metadata TEXT,
    purpose TEXT,
    -- Of a client id and secret: an HMAC of the secret alone, by which it is found when it leaks without its id.
    secret_fingerprint {bytes},
    rotated_from TEXT,
    rotated_to TEXT,
    last_used_at BIGINT,
    last_address TEXT,
    revoked_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);

CREATE UNIQUE INDEX keys_by_hash ON keys (hash);

CREATE INDEX keys_by_secret ON keys (secret_fingerprint) WHERE secret_fingerprint IS NOT NULL;

-- Whether there is any: asked for texts that have none of our shapes.
CREATE INDEX keys_imported ON keys (shape) WHERE shape = 'imported' AND revoked_at IS NULL;

-- Calls that a key was let in with, and calls that its limits refused, on each UTC day (days since 1970-01-01).
CREATE TABLE key_usage (
    tenant_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    day BIGINT NOT NULL,
    calls BIGINT NOT NULL,
    refusals BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, key_id, day)
);
