-- +goose Up
CREATE TABLE catalog_locations (
    id         TEXT PRIMARY KEY,
    type       TEXT NOT NULL,
    target     TEXT NOT NULL,
    created_at INTEGER NOT NULL, -- Unix milliseconds
    UNIQUE (type, target)
);

CREATE TABLE catalog_entities (
    ref         TEXT PRIMARY KEY, -- lower case: kind:namespace/name
    uid         TEXT NOT NULL UNIQUE,
    etag        TEXT NOT NULL,
    location_id TEXT REFERENCES catalog_locations (id) ON DELETE CASCADE, -- NULL: built in
    body        TEXT NOT NULL -- JSON, as described; relations are computed
);
CREATE INDEX catalog_entities_location ON catalog_entities (location_id);

-- +goose Down
DROP TABLE catalog_entities;
DROP TABLE catalog_locations;
