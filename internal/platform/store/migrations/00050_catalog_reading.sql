-- +goose Up
ALTER TABLE catalog_locations ADD COLUMN origin TEXT NOT NULL DEFAULT 'registered'; -- or 'configured'
ALTER TABLE catalog_locations ADD COLUMN stale INTEGER NOT NULL DEFAULT 0; -- 1: is to be read again
ALTER TABLE catalog_locations ADD COLUMN faults TEXT NOT NULL DEFAULT '[]'; -- JSON, of the last reading

ALTER TABLE catalog_entities ADD COLUMN parents TEXT NOT NULL DEFAULT '[]'; -- JSON, refs of Location entities
ALTER TABLE catalog_entities ADD COLUMN orphan INTEGER NOT NULL DEFAULT 0; -- 1: its location states it no more
ALTER TABLE catalog_entities ADD COLUMN faults TEXT NOT NULL DEFAULT '[]'; -- JSON, of the last reading

-- The repositories that a location was read from: a push to one makes it stale.
CREATE TABLE catalog_sources (
    location_id TEXT NOT NULL REFERENCES catalog_locations (id) ON DELETE CASCADE,
    repository  TEXT NOT NULL, -- owner/name, lower case
    branch      TEXT NOT NULL,
    PRIMARY KEY (location_id, repository, branch)
);
CREATE INDEX catalog_sources_repository ON catalog_sources (repository, branch);

-- +goose Down
DROP TABLE catalog_sources;
ALTER TABLE catalog_entities DROP COLUMN faults;
ALTER TABLE catalog_entities DROP COLUMN orphan;
ALTER TABLE catalog_entities DROP COLUMN parents;
ALTER TABLE catalog_locations DROP COLUMN faults;
ALTER TABLE catalog_locations DROP COLUMN stale;
ALTER TABLE catalog_locations DROP COLUMN origin;
