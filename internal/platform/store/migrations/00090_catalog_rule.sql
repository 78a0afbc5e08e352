-- +goose Up
ALTER TABLE catalog_locations ADD COLUMN wide INTEGER NOT NULL DEFAULT 0; -- 1: an administrator registered it; it may state every kind

-- +goose Down
ALTER TABLE catalog_locations DROP COLUMN wide;
