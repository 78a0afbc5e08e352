-- +goose Up
ALTER TABLE scaffolder_tasks ADD COLUMN secret_names TEXT NOT NULL DEFAULT ''; -- JSON: what was given, and asked for again by a retry
ALTER TABLE scaffolder_tasks ADD COLUMN cleaned_at INTEGER; -- when what the task had made was taken away
CREATE INDEX scaffolder_tasks_status ON scaffolder_tasks (status);

CREATE TABLE scaffolder_made (
    task_id     TEXT NOT NULL REFERENCES scaffolder_tasks (id) ON DELETE CASCADE,
    kind        TEXT NOT NULL, -- repository, location
    name        TEXT NOT NULL, -- owner/name of a repository, target of a location
    position    INTEGER NOT NULL, -- of the step
    state       TEXT NOT NULL, -- intended (before the act), made (after it), gone
    external_id TEXT NOT NULL DEFAULT '', -- of the forge or of the catalog
    url         TEXT NOT NULL DEFAULT '',
    commit_sha  TEXT NOT NULL DEFAULT '', -- the only one that the task pushed
    reason      TEXT NOT NULL DEFAULT '', -- why it could not be taken away
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (task_id, kind, name)
);

INSERT INTO scaffolder_made (task_id, kind, name, position, state, external_id, created_at)
SELECT s.task_id, 'repository', json_extract(s.journal, '$.creating'), s.position,
       CASE WHEN json_extract(s.journal, '$.repository') IS NULL THEN 'intended' ELSE 'made' END,
       coalesce(json_extract(s.journal, '$.repository'), ''), t.created_at
FROM scaffolder_steps s JOIN scaffolder_tasks t ON t.id = s.task_id
WHERE s.journal <> '' AND json_extract(s.journal, '$.creating') IS NOT NULL;

-- +goose Down
DROP TABLE scaffolder_made;
DROP INDEX scaffolder_tasks_status;
ALTER TABLE scaffolder_tasks DROP COLUMN cleaned_at;
ALTER TABLE scaffolder_tasks DROP COLUMN secret_names;
