-- Refusals of the last days, one by one: why was this request refused. The tenant is 'house' where none is known.
CREATE TABLE decisions (
    tenant_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant_id, request_id)
);

CREATE INDEX decisions_by_time ON decisions (at);
