-- +goose Up
CREATE TABLE accounts (
    id    INTEGER PRIMARY KEY,
    login TEXT NOT NULL UNIQUE COLLATE NOCASE,
    type  TEXT NOT NULL CHECK (type IN ('User', 'Organization', 'Bot')),
    name  TEXT NOT NULL DEFAULT '',
    email TEXT NOT NULL DEFAULT '',
    admin INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
);
CREATE TABLE repositories (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    owner          TEXT NOT NULL COLLATE NOCASE,
    name           TEXT NOT NULL COLLATE NOCASE,
    description    TEXT NOT NULL DEFAULT '',
    homepage       TEXT NOT NULL DEFAULT '',
    private        INTEGER NOT NULL DEFAULT 1,
    archived       INTEGER NOT NULL DEFAULT 0,
    default_branch TEXT NOT NULL,
    settings       TEXT NOT NULL DEFAULT '{}',
    topics         TEXT NOT NULL DEFAULT '[]',
    pusher         TEXT NOT NULL DEFAULT '', -- who began the latest push: kept before the refs move
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    pushed_at      INTEGER NOT NULL,
    UNIQUE (owner, name)
);
-- The last value of each ref for which events went out.
CREATE TABLE announced_refs (
    repository_id INTEGER NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    name          TEXT NOT NULL,
    sha           TEXT NOT NULL,
    PRIMARY KEY (repository_id, name)
);
-- Directories of deleted repositories that are still to be removed.
CREATE TABLE removals (
    repository_id INTEGER PRIMARY KEY,
    owner         TEXT NOT NULL,
    name          TEXT NOT NULL
);
CREATE TABLE tokens (
    hash         BLOB PRIMARY KEY, -- SHA-256
    login        TEXT NOT NULL,
    installation INTEGER NOT NULL DEFAULT 0,
    expires_at   INTEGER NOT NULL DEFAULT 0, -- 0: never
    repositories TEXT NOT NULL DEFAULT '',   -- JSON list of ids; '': all
    permissions  TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE collaborators (
    repository_id INTEGER NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    login         TEXT NOT NULL COLLATE NOCASE,
    level         INTEGER NOT NULL,
    PRIMARY KEY (repository_id, login)
);
CREATE TABLE protections (
    repository_id INTEGER NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    branch        TEXT NOT NULL,
    settings      TEXT NOT NULL,
    PRIMARY KEY (repository_id, branch)
);
CREATE TABLE statuses (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    repository_id INTEGER NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    sha           TEXT NOT NULL,
    state         TEXT NOT NULL,
    context       TEXT NOT NULL COLLATE NOCASE,
    description   TEXT NOT NULL,
    target_url    TEXT NOT NULL,
    creator       TEXT NOT NULL,
    created_at    INTEGER NOT NULL
);
CREATE INDEX statuses_of_commit ON statuses (repository_id, sha, context, id);
CREATE TABLE hooks (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    target_type  TEXT NOT NULL CHECK (target_type IN ('repository', 'organization')),
    target_id    INTEGER NOT NULL,
    url          TEXT NOT NULL,
    content_type TEXT NOT NULL,
    secret       TEXT NOT NULL,
    insecure_ssl INTEGER NOT NULL,
    events       TEXT NOT NULL, -- JSON list
    active       INTEGER NOT NULL,
    retired      INTEGER NOT NULL DEFAULT 0, -- its repository is gone: only finishes what is queued
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL
);
CREATE INDEX hooks_of_target ON hooks (target_type, target_id);
CREATE TABLE deliveries (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    guid          TEXT NOT NULL,
    hook_id       INTEGER NOT NULL REFERENCES hooks (id) ON DELETE CASCADE,
    repository_id INTEGER NOT NULL, -- 0: none
    event         TEXT NOT NULL,
    action        TEXT NOT NULL,
    payload       BLOB NOT NULL,
    redelivery    INTEGER NOT NULL DEFAULT 0,
    attempts      INTEGER NOT NULL DEFAULT 0,
    next_at       INTEGER NOT NULL DEFAULT 0, -- unix milliseconds
    state         TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'refused')),
    created_at    INTEGER NOT NULL
);
CREATE INDEX deliveries_pending ON deliveries (hook_id, repository_id, id) WHERE state = 'pending';
CREATE TABLE attempts (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    delivery_id INTEGER NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
    hook_id     INTEGER NOT NULL,
    at          INTEGER NOT NULL, -- unix milliseconds
    duration_ms INTEGER NOT NULL,
    status_code INTEGER NOT NULL, -- 0: no answer
    status      TEXT NOT NULL,
    response    TEXT NOT NULL
);
CREATE INDEX attempts_of_hook ON attempts (hook_id, id);
