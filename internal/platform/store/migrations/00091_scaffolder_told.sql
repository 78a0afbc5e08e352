-- +goose Up
-- end_told_at says that who follows tasks has taken this one's end: until then it
-- is told again at every start. What ended before this column was there was told.
ALTER TABLE scaffolder_tasks ADD COLUMN end_told_at INTEGER;
UPDATE scaffolder_tasks SET end_told_at = finished_at;
CREATE INDEX scaffolder_tasks_untold ON scaffolder_tasks (finished_at) WHERE finished_at IS NOT NULL AND end_told_at IS NULL;

-- +goose Down
DROP INDEX scaffolder_tasks_untold;
ALTER TABLE scaffolder_tasks DROP COLUMN end_told_at;
