-- +goose Up
-- What is kept of a deleted application for its grace period, beside its row in
-- delivery_apps: the mirror of its repository, a directory of this name, and
-- what the repository and the catalog said of it.
CREATE TABLE delivery_backups (
    id     TEXT PRIMARY KEY,
    app_id INTEGER NOT NULL REFERENCES delivery_apps (id),
    until  INTEGER NOT NULL, -- Unix milliseconds
    body   TEXT NOT NULL     -- JSON
);
CREATE INDEX delivery_backups_app ON delivery_backups (app_id);

-- +goose Down
DROP TABLE delivery_backups;
