-- +goose Up
-- name tells a thing from its like and may have a secret of the task in it, such as
-- the address of a webhook; label is what people read, without secrets. Empty: the name.
ALTER TABLE scaffolder_made ADD COLUMN label TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE scaffolder_made DROP COLUMN label;
