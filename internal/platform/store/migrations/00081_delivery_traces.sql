-- +goose Up
-- traced_at is the ended_at under which a delivery was told as a trace. One that
-- ends anew, because it was run again, differs and is told anew.
ALTER TABLE deliveries ADD COLUMN traced_at INTEGER;
CREATE INDEX deliveries_untraced ON deliveries (ended_at) WHERE ended_at IS NOT NULL AND traced_at IS NOT ended_at;

-- Whether tracing was ever asked for: what ended before is not told.
CREATE TABLE delivery_tracing (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    begun_at TEXT NOT NULL
);

-- +goose Down
DROP TABLE delivery_tracing;
DROP INDEX deliveries_untraced;
ALTER TABLE deliveries DROP COLUMN traced_at;
