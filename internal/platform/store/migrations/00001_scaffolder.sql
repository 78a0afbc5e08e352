-- +goose Up
CREATE TABLE scaffolder_tasks (
    id           TEXT PRIMARY KEY,
    template_ref TEXT NOT NULL,
    spec         TEXT NOT NULL, -- JSON: the template's steps and output as they were when the task began
    vals         TEXT NOT NULL, -- JSON
    secrets      TEXT NOT NULL DEFAULT '', -- JSON; emptied when the task ends
    status       TEXT NOT NULL, -- open, processing, completed, failed, cancelled
    created_by   TEXT NOT NULL DEFAULT '',
    created_at   INTEGER NOT NULL, -- Unix milliseconds, as all times here
    started_at   INTEGER,
    finished_at  INTEGER,
    heartbeat_at INTEGER,
    output       TEXT NOT NULL DEFAULT '', -- JSON
    error        TEXT NOT NULL DEFAULT '',
    cancelling   INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX scaffolder_tasks_created ON scaffolder_tasks (created_at);

CREATE TABLE scaffolder_steps (
    task_id     TEXT NOT NULL REFERENCES scaffolder_tasks (id) ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    id          TEXT NOT NULL,
    name        TEXT NOT NULL,
    action      TEXT NOT NULL,
    status      TEXT NOT NULL, -- open, processing, completed, failed, skipped, cancelled
    started_at  INTEGER,
    finished_at INTEGER,
    output      TEXT NOT NULL DEFAULT '', -- JSON
    journal     TEXT NOT NULL DEFAULT '', -- JSON: what the action means to do outside, written before it does
    PRIMARY KEY (task_id, position)
);

CREATE TABLE scaffolder_events (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    task_id    TEXT NOT NULL REFERENCES scaffolder_tasks (id) ON DELETE CASCADE,
    type       TEXT NOT NULL, -- log, completion, cancelled
    body       TEXT NOT NULL, -- JSON
    created_at INTEGER NOT NULL
);
CREATE INDEX scaffolder_events_task ON scaffolder_events (task_id, id);

-- +goose Down
DROP TABLE scaffolder_events;
DROP TABLE scaffolder_steps;
DROP TABLE scaffolder_tasks;
