-- Packages as pushed and built. Archives are kept by digest: a compiled graph names the digest that it was made with.
CREATE TABLE packages (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    language TEXT NOT NULL,
    digest TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    manifest TEXT NOT NULL,
    protos TEXT NOT NULL,
    build_log TEXT NOT NULL,
    dependencies TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    deleted_at BIGINT,
    PRIMARY KEY (tenant_id, name, version)
);

CREATE TABLE package_archives (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    digest TEXT NOT NULL,
    archive {bytes} NOT NULL,
    PRIMARY KEY (tenant_id, digest)
);
