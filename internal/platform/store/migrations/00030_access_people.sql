-- +goose Up
CREATE TABLE access_people (
    ref        TEXT PRIMARY KEY, -- entity reference; stays although the provider renames the person
    issuer     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    name       TEXT NOT NULL,
    email      TEXT NOT NULL,
    groups     TEXT NOT NULL,    -- JSON
    claimed_at INTEGER NOT NULL, -- Unix seconds, when the provider last said so
    refresh    BLOB,             -- sealed refresh token
    refused    INTEGER NOT NULL DEFAULT 0, -- 1: the provider no longer vouches for them
    UNIQUE (issuer, subject)
);

DROP TABLE access_sessions;
CREATE TABLE access_sessions (
    hash       TEXT PRIMARY KEY, -- SHA-256 of the cookie's value
    person     TEXT NOT NULL REFERENCES access_people (ref) ON DELETE CASCADE,
    created_at INTEGER NOT NULL, -- Unix seconds
    expires_at INTEGER NOT NULL
);
CREATE INDEX access_sessions_expiry ON access_sessions (expires_at);

CREATE TABLE access_tokens_new (
    id           TEXT PRIMARY KEY,
    hash         TEXT NOT NULL UNIQUE, -- SHA-256 of the token
    name         TEXT NOT NULL,
    kind         TEXT NOT NULL, -- personal, service
    owner        TEXT NOT NULL, -- entity reference of who acts with it
    role         TEXT NOT NULL, -- of a service
    owns         TEXT NOT NULL, -- JSON, entity references in whose name a service acts
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    last_used_at INTEGER
);
INSERT INTO access_tokens_new SELECT id, hash, name, 'personal', owner, '', '[]', created_at, expires_at, last_used_at FROM access_tokens;
DROP TABLE access_tokens;
ALTER TABLE access_tokens_new RENAME TO access_tokens;
CREATE INDEX access_tokens_owner ON access_tokens (owner);

-- +goose Down
DROP TABLE access_tokens;
DROP TABLE access_sessions;
DROP TABLE access_people;
