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
    last_used_at BIGINT,
    revoked_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);

CREATE UNIQUE INDEX keys_by_hash ON keys (hash);
