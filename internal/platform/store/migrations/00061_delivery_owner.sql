-- +goose Up
-- An application that names no owner belongs to the platform's group.
UPDATE deliveries SET owner = 'group:default/platform' WHERE owner = '';

-- +goose Down
UPDATE deliveries SET owner = '' WHERE owner = 'group:default/platform';
