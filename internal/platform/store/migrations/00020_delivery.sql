-- +goose Up
CREATE TABLE delivery_apps (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL,
    body        TEXT NOT NULL, -- JSON
    archived_at TEXT
);
CREATE UNIQUE INDEX delivery_apps_name ON delivery_apps (name) WHERE archived_at IS NULL;

CREATE TABLE deliveries (
    id       TEXT PRIMARY KEY,
    app_id   INTEGER NOT NULL REFERENCES delivery_apps (id),
    sequence INTEGER NOT NULL, -- order within the application
    task_id  TEXT NOT NULL DEFAULT '',
    revision TEXT NOT NULL DEFAULT '',
    status   TEXT NOT NULL,
    body     TEXT NOT NULL, -- JSON
    UNIQUE (app_id, sequence)
);
CREATE INDEX deliveries_task ON deliveries (task_id) WHERE task_id <> '';

CREATE TABLE delivery_events (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    at   TEXT NOT NULL,
    app  TEXT NOT NULL,
    kind TEXT NOT NULL, -- app, delivery, deleted
    body TEXT NOT NULL  -- JSON
);

CREATE TABLE webhook_events (
    guid        TEXT PRIMARY KEY,
    event       TEXT NOT NULL,
    body        BLOB NOT NULL,
    received_at TEXT NOT NULL,
    handled_at  TEXT
);

-- +goose Down
DROP TABLE webhook_events;
DROP TABLE delivery_events;
DROP TABLE deliveries;
DROP TABLE delivery_apps;
