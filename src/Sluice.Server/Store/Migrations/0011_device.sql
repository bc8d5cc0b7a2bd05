-- Device login (RFC 8628): of both codes the SHA-256. It belongs to nobody before a person approves it.
CREATE TABLE device_grants (
    id TEXT PRIMARY KEY,
    device_hash {bytes} NOT NULL,
    user_hash {bytes} NOT NULL,
    client_id TEXT NOT NULL,
    scopes BIGINT,
    environment TEXT NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    wait_ms BIGINT NOT NULL,
    polled_at BIGINT,
    state TEXT NOT NULL,
    approved_tenant TEXT,
    approved_member TEXT
);

CREATE UNIQUE INDEX device_grants_by_device ON device_grants (device_hash);

CREATE UNIQUE INDEX device_grants_by_user ON device_grants (user_hash);
