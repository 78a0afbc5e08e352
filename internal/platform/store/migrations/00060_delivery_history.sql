-- +goose Up
-- What is asked of the history without reading it whole. Times are Unix
-- milliseconds; NULL until it is so.
ALTER TABLE deliveries ADD COLUMN live_at INTEGER;
ALTER TABLE deliveries ADD COLUMN ended_at INTEGER;
ALTER TABLE deliveries ADD COLUMN owner TEXT NOT NULL DEFAULT ''; -- entity reference of the application's owner

UPDATE deliveries SET
    live_at = (SELECT CAST(unixepoch(json_extract(p.value, '$.finishedAt'), 'subsec') * 1000 AS INTEGER)
        FROM json_each(deliveries.body, '$.phases') p
        WHERE json_extract(p.value, '$.name') = 'live' AND json_extract(p.value, '$.evidence.answeredAt') IS NOT NULL),
    ended_at = CAST(unixepoch(json_extract(body, '$.finishedAt'), 'subsec') * 1000 AS INTEGER),
    owner = coalesce((SELECT json_extract(a.body, '$.owner') FROM delivery_apps a WHERE a.id = deliveries.app_id), '');

CREATE INDEX deliveries_live ON deliveries (app_id, sequence) WHERE live_at IS NOT NULL;
CREATE INDEX deliveries_ended ON deliveries (ended_at) WHERE ended_at IS NOT NULL;

-- +goose Down
DROP INDEX deliveries_ended;
DROP INDEX deliveries_live;
ALTER TABLE deliveries DROP COLUMN owner;
ALTER TABLE deliveries DROP COLUMN ended_at;
ALTER TABLE deliveries DROP COLUMN live_at;
