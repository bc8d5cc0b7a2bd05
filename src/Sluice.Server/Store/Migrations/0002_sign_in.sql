-- How people come in. A person has one login, whatever the number of tenants that they are a member of.
CREATE TABLE logins (
    email TEXT PRIMARY KEY,
    password TEXT,
    changed_at BIGINT NOT NULL
);

-- A session: of its cookie the SHA-256. `role` is what its cookie was given for; with another role it gets another one.
-- `proven_at` is when the person last showed who it is: by signing in, or once more since.
CREATE TABLE sessions (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    member_id TEXT NOT NULL,
    hash {bytes} NOT NULL,
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    proven_at BIGINT NOT NULL,
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

-- Links that set a new password: the SHA-256 of the code in the link. One that the operator made takes the other factors away.
CREATE TABLE password_resets (
    hash {bytes} PRIMARY KEY,
    email TEXT NOT NULL,
    by_operator BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

-- Authenticators: a login has one at most. It counts from the moment it is confirmed; what makes its codes is in login_keys.
-- Steps up to last_step are used: no code of theirs is accepted again.
CREATE TABLE totp (
    email TEXT PRIMARY KEY,
    created_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    last_step BIGINT NOT NULL
);

-- Codes for whose authenticator is lost: the SHA-256 of each, which works once.
CREATE TABLE recovery_codes (
    email TEXT NOT NULL,
    hash {bytes} NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (email, hash)
);

-- Passkeys: what a login's authenticators are checked with. `handle` is the person's random name towards them, one for a login.
CREATE TABLE passkeys (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL,
    handle TEXT NOT NULL,
    name TEXT NOT NULL,
    credential {bytes} NOT NULL UNIQUE,
    public_key {bytes} NOT NULL,
    sign_count BIGINT NOT NULL,
    transports TEXT NOT NULL,
    backup_eligible BIGINT NOT NULL,
    backed_up BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE INDEX passkeys_by_email ON passkeys (email);

CREATE INDEX passkeys_by_handle ON passkeys (handle);

-- What was begun and waits for its second half: the SHA-256 of a short-lived cookie. `email` is null while nobody is known.
CREATE TABLE sign_in_steps (
    hash {bytes} PRIMARY KEY,
    kind TEXT NOT NULL,
    email TEXT,
    state TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
