-- Flows: the editable document with its revisions, and the immutable graphs compiled from them.
CREATE TABLE flows (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    environment TEXT NOT NULL,
    name TEXT NOT NULL,
    revision BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT,
    PRIMARY KEY (tenant_id, environment, name)
);

CREATE TABLE flow_revisions (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    environment TEXT NOT NULL,
    name TEXT NOT NULL,
    revision BIGINT NOT NULL,
    document TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, environment, name, revision)
);

CREATE TABLE graphs (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    environment TEXT NOT NULL,
    flow TEXT NOT NULL,
    revision BIGINT NOT NULL,
    body {bytes} NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

CREATE INDEX graphs_by_flow ON graphs (tenant_id, environment, flow, id);
