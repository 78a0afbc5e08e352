-- +goose Up
-- What others are to be told of, as it was when it happened. Times are Unix
-- milliseconds.
CREATE TABLE delivery_notices (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    app         TEXT NOT NULL,
    delivery_id TEXT NOT NULL,
    event       TEXT NOT NULL, -- delivery.live, delivery.failed, application.lost, application.back
    at          INTEGER NOT NULL,
    body        TEXT NOT NULL -- JSON
);
CREATE INDEX delivery_notices_delivery ON delivery_notices (delivery_id, id);
CREATE INDEX delivery_notices_at ON delivery_notices (at);

-- Who is told: what happens is owed to those that are here at that time.
CREATE TABLE notice_sinks (
    name TEXT PRIMARY KEY
) WITHOUT ROWID;

-- What is owed to each. A row goes when it was told, or never will be.
CREATE TABLE notice_sends (
    sink      TEXT NOT NULL REFERENCES notice_sinks (name) ON DELETE CASCADE,
    notice_id INTEGER NOT NULL REFERENCES delivery_notices (id) ON DELETE CASCADE,
    attempts  INTEGER NOT NULL DEFAULT 0,
    due_at    INTEGER NOT NULL,
    PRIMARY KEY (sink, notice_id)
) WITHOUT ROWID;
CREATE INDEX notice_sends_notice ON notice_sends (notice_id);

-- +goose Down
DROP TABLE notice_sends;
DROP TABLE notice_sinks;
DROP TABLE delivery_notices;
