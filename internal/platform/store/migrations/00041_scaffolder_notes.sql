-- +goose Up
ALTER TABLE scaffolder_steps DROP COLUMN journal; -- scaffolder_made has taken its place

-- +goose Down
ALTER TABLE scaffolder_steps ADD COLUMN journal TEXT NOT NULL DEFAULT '';
