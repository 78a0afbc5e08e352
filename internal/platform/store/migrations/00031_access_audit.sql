-- +goose Up
CREATE TABLE access_audit (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL, -- Unix milliseconds
    actor   TEXT NOT NULL,
    action  TEXT NOT NULL,
    target  TEXT NOT NULL,
    outcome TEXT NOT NULL, -- done, refused, failed
    status  INTEGER NOT NULL,
    address TEXT NOT NULL,
    detail  TEXT NOT NULL
);
CREATE INDEX access_audit_at ON access_audit (at);
CREATE INDEX access_audit_actor ON access_audit (actor, id);

-- An entry stands as it was written. Only what is older than 30 days can be
-- forgotten, which is the shortest retention that may be configured.
-- +goose StatementBegin
CREATE TRIGGER access_audit_unchanged BEFORE UPDATE ON access_audit
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER access_audit_kept BEFORE DELETE ON access_audit
WHEN OLD.at > (unixepoch() - 30 * 86400) * 1000
BEGIN
    SELECT RAISE(ABORT, 'the audit trail keeps 30 days at least');
END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE access_audit;
