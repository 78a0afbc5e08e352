-- +goose Up
-- Repositories that were deleted: nothing of them is run any more.
CREATE TABLE gone (repository_id INTEGER PRIMARY KEY);
-- The same commits may be pushed to another repository of the same name.
UPDATE pushes SET key = COALESCE(json_extract(CAST(payload AS TEXT), '$.repository.id'), 0) || ' ' || key;
UPDATE runs SET key = COALESCE(json_extract(CAST(payload AS TEXT), '$.repository.id'), 0) || ' ' || key WHERE event = 'push';
