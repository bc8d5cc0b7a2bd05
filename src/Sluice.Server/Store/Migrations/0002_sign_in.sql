-- How people come in. A person has one login, whatever the number of tenants that they are a member of.
CREATE TABLE logins (
    email TEXT PRIMARY KEY,
    password TEXT,
    changed_at BIGINT NOT NULL
);

-- A session: of its cookie the SHA-256. `role` is what its cookie was given for; with another role it gets another one.
CREATE TABLE sessions (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    member_id TEXT NOT NULL,
    hash {bytes} NOT NULL,
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);

CREATE UNIQUE INDEX sessions_by_hash ON sessions (hash);

CREATE INDEX sessions_by_member ON sessions (tenant_id, member_id);

-- Invitations: the SHA-256 of the code in the link. `member_id` is set where the member is there already and has no way in yet.
CREATE TABLE invitations (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    hash {bytes} NOT NULL,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    member_id TEXT,
    invited_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    accepted_at BIGINT,
    revoked_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);

CREATE UNIQUE INDEX invitations_by_hash ON invitations (hash);

-- Links that set a new password: the SHA-256 of the code in the link.
CREATE TABLE password_resets (
    hash {bytes} PRIMARY KEY,
    email TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
