-- What flows remember: sessions with turns, and entries that are found by their words. Nothing of it belongs to a run.
-- How much a flow remembers; its row is locked by whoever adds to it.
CREATE TABLE memory_flows (
    tenant_id TEXT NOT NULL,
    environment TEXT NOT NULL,
    flow TEXT NOT NULL,
    sessions BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, environment, flow)
);

CREATE TABLE memory_sessions (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    environment TEXT NOT NULL,
    flow TEXT NOT NULL,
    -- What nodes call it.
    name TEXT NOT NULL,
    turns BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    -- A node has closed it: nothing is added any more.
    ended_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);

CREATE UNIQUE INDEX memory_sessions_by_name ON memory_sessions (tenant_id, environment, flow, name);

CREATE INDEX memory_sessions_by_use ON memory_sessions (tenant_id, used_at);

-- Content as in the tables of runs: its first byte says how it is kept. size: its bytes as the node gave them.
-- origin: which write of which call it was, so that a call that is made again adds nothing twice.
CREATE TABLE memory_turns (
    tenant_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    id TEXT NOT NULL,
    role TEXT NOT NULL,
    content {bytes} NOT NULL,
    tool_name TEXT NOT NULL,
    tool_call_id TEXT NOT NULL,
    size BIGINT NOT NULL,
    origin TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, session_id, seq)
);

CREATE UNIQUE INDEX memory_turns_by_origin ON memory_turns (tenant_id, origin) WHERE origin IS NOT NULL;

CREATE INDEX memory_turns_by_time ON memory_turns (tenant_id, created_at);

-- Plain, because they are searched by their words. Without session_id it is the flow's.
CREATE TABLE memory_entries (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    environment TEXT NOT NULL,
    flow TEXT NOT NULL,
    session_id TEXT,
    content TEXT NOT NULL,
    importance DOUBLE PRECISION NOT NULL,
    size BIGINT NOT NULL,
    origin TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

CREATE INDEX memory_entries_by_flow ON memory_entries (tenant_id, environment, flow, id);

CREATE INDEX memory_entries_by_session ON memory_entries (tenant_id, session_id) WHERE session_id IS NOT NULL;

CREATE INDEX memory_entries_by_time ON memory_entries (tenant_id, created_at);

CREATE UNIQUE INDEX memory_entries_by_origin ON memory_entries (tenant_id, origin) WHERE origin IS NOT NULL;

-- The words of entries, in the index that each database has for it. Among the words are marks that say whose they are.
{sqlite} CREATE VIRTUAL TABLE memory_words USING fts5 (tenant_id UNINDEXED, entry_id UNINDEXED, marks, words, tokenize = "unicode61 remove_diacritics 0");

{postgres} CREATE TABLE memory_words (
    tenant_id TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    words TSVECTOR NOT NULL,
    PRIMARY KEY (tenant_id, entry_id)
);

{postgres} CREATE INDEX memory_words_index ON memory_words USING GIN (words);
