-- +goose Up
-- What was seen inside a delivery's phases: kept when pods and logs are gone.
CREATE TABLE delivery_steps (
    delivery_id TEXT NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
    key         TEXT NOT NULL, -- the same each time the step is seen
    body        TEXT NOT NULL, -- JSON
    PRIMARY KEY (delivery_id, key)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE delivery_steps;
