-- +goose Up
-- The commit status of each delivery's revision: what it is to say and what the
-- forge was told. Times are Unix milliseconds.
CREATE TABLE delivery_statuses (
    delivery_id TEXT PRIMARY KEY REFERENCES deliveries (id) ON DELETE CASCADE,
    app         TEXT NOT NULL,
    revision    TEXT NOT NULL,
    state       TEXT NOT NULL, -- pending, success, failure, error
    description TEXT NOT NULL,
    changed_at  INTEGER NOT NULL,
    attempts    INTEGER NOT NULL DEFAULT 0,
    due_at      INTEGER -- NULL: the forge was told
) WITHOUT ROWID;
CREATE INDEX delivery_statuses_due ON delivery_statuses (due_at) WHERE due_at IS NOT NULL;

-- +goose Down
DROP TABLE delivery_statuses;
