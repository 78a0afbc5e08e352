-- +goose Up
CREATE TABLE access_sessions (
    hash       TEXT PRIMARY KEY, -- SHA-256 of the cookie's value
    user       TEXT NOT NULL,    -- JSON
    created_at INTEGER NOT NULL, -- Unix seconds
    expires_at INTEGER NOT NULL
);
CREATE INDEX access_sessions_expiry ON access_sessions (expires_at);

CREATE TABLE access_tokens (
    id           TEXT PRIMARY KEY,
    hash         TEXT NOT NULL UNIQUE, -- SHA-256 of the token
    name         TEXT NOT NULL,
    user         TEXT NOT NULL, -- JSON
    owner        TEXT NOT NULL, -- the user's entity reference
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    last_used_at INTEGER
);
CREATE INDEX access_tokens_owner ON access_tokens (owner);

-- +goose Down
DROP TABLE access_tokens;
DROP TABLE access_sessions;
