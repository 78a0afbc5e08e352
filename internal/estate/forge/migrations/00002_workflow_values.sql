-- +goose Up
CREATE TABLE environments (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    repository_id INTEGER NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    name          TEXT NOT NULL COLLATE NOCASE,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    UNIQUE (repository_id, name)
);
-- Variables and secrets that workflows read.
CREATE TABLE workflow_values (
    kind          TEXT NOT NULL CHECK (kind IN ('variable', 'secret')),
    repository_id INTEGER REFERENCES repositories (id) ON DELETE CASCADE, -- NULL: the organisation's
    environment   TEXT NOT NULL DEFAULT '' COLLATE NOCASE,                -- '': the whole repository's
    name          TEXT NOT NULL,                                          -- in upper case
    value         BLOB NOT NULL,                                          -- a secret's is sealed
    visibility    TEXT NOT NULL DEFAULT '',                               -- of the organisation's: all, private or selected
    selected      TEXT NOT NULL DEFAULT '[]',                             -- JSON list of repositories
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL
);
CREATE UNIQUE INDEX workflow_values_name ON workflow_values (kind, coalesce(repository_id, 0), environment, name);
