-- Every ciphertext. A tenant's data keys, wrapped by a master key that is not in this database.
CREATE TABLE data_keys (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    master_key_id TEXT NOT NULL,
    wrapped {bytes} NOT NULL,
    created_at BIGINT NOT NULL,
    retired_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);

CREATE UNIQUE INDEX data_keys_current ON data_keys (tenant_id) WHERE retired_at IS NULL;

CREATE INDEX data_keys_by_master ON data_keys (master_key_id);

-- Counts the changes to the secrets and configs of one environment. A run pins all secrets by remembering one number,
-- and what a server remembers of a config holds for as long as the number stands.
CREATE TABLE environment_changes (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    environment TEXT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, environment)
);

-- A value is visible from the change that made it (version) until the change that ended it.
-- holder is empty for the tenant's own secrets, else the id of the config that overrides.
CREATE TABLE secret_values (
    tenant_id TEXT NOT NULL,
    environment TEXT NOT NULL,
    holder TEXT NOT NULL,
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    data_key_id TEXT NOT NULL,
    sealed {bytes} NOT NULL,
    created_at BIGINT NOT NULL,
    saved_at BIGINT NOT NULL,
    ended_version BIGINT,
    ended_at BIGINT,
    PRIMARY KEY (tenant_id, environment, holder, name, version),
    FOREIGN KEY (tenant_id, data_key_id) REFERENCES data_keys (tenant_id, id)
);

CREATE UNIQUE INDEX secret_values_current ON secret_values (tenant_id, environment, holder, name) WHERE ended_version IS NULL;

CREATE INDEX secret_values_by_key ON secret_values (tenant_id, data_key_id);

CREATE INDEX secret_values_ended ON secret_values (ended_at) WHERE ended_at IS NOT NULL;

-- Of these the codes of people's authenticators are derived: one for a login, wrapped like a data key.
CREATE TABLE login_keys (
    email TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    master_key_id TEXT NOT NULL,
    wrapped {bytes} NOT NULL,
    created_at BIGINT NOT NULL
);
