-- Tenants and who belongs to them; settings of the whole house.
CREATE TABLE tenants (
    id TEXT PRIMARY KEY,
    handle TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    tier TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- Why every call of its people is refused; null: none is.
    suspended_for TEXT,
    suspended_at BIGINT,
    -- When everything of it is removed, unless it is resumed before.
    delete_at BIGINT
);

CREATE TABLE members (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    -- In which the person reads times, a name of the IANA database; null: none was chosen.
    time_zone TEXT,
    created_at BIGINT NOT NULL,
    joined_at BIGINT,
    deactivated_at BIGINT,
    removed_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);

-- Somebody who was removed may be invited again, as another member: what the former one had stays dead.
CREATE UNIQUE INDEX members_by_email ON members (tenant_id, email) WHERE removed_at IS NULL;

CREATE TABLE service_accounts (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    scopes BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    removed_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);

-- The name of a removed account may be used again.
CREATE UNIQUE INDEX service_accounts_by_name ON service_accounts (tenant_id, name) WHERE removed_at IS NULL;

CREATE TABLE house_settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
