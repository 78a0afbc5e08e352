-- +goose Up
CREATE TABLE access_devices (
    hash         TEXT PRIMARY KEY,     -- SHA-256 of the device code
    user_code    TEXT NOT NULL UNIQUE, -- without its hyphen
    client       TEXT NOT NULL,
    address      TEXT NOT NULL,
    requested_at INTEGER NOT NULL, -- Unix seconds
    expires_at   INTEGER NOT NULL,
    polled_at    INTEGER NOT NULL DEFAULT 0, -- Unix milliseconds
    interval     INTEGER NOT NULL, -- seconds; grows with every slow_down
    decision     TEXT NOT NULL DEFAULT '', -- approved, refused
    person       TEXT NOT NULL DEFAULT ''  -- entity reference of who decided
);
CREATE INDEX access_devices_expiry ON access_devices (expires_at);

-- +goose Down
DROP TABLE access_devices;
