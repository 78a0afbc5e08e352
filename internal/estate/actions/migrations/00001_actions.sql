-- +goose Up
-- Times are nanoseconds since 1970, 0 for none.
CREATE TABLE pushes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE, -- repository, ref, before and after: the same for a redelivery
  payload BLOB NOT NULL,
  done INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE,
  repo TEXT NOT NULL, path TEXT NOT NULL, name TEXT NOT NULL, source TEXT NOT NULL,
  number INTEGER NOT NULL, attempt INTEGER NOT NULL DEFAULT 1,
  event TEXT NOT NULL, payload BLOB NOT NULL, inputs TEXT NOT NULL DEFAULT '{}',
  ref TEXT NOT NULL, sha TEXT NOT NULL, title TEXT NOT NULL, actor TEXT NOT NULL,
  concurrency TEXT NOT NULL DEFAULT '',
  status TEXT NOT NULL, conclusion TEXT NOT NULL DEFAULT '', message TEXT NOT NULL DEFAULT '',
  cancelled INTEGER NOT NULL DEFAULT 0,
  created INTEGER NOT NULL, started INTEGER NOT NULL DEFAULT 0, updated INTEGER NOT NULL
);
CREATE INDEX runs_repo ON runs (repo, id);
CREATE INDEX runs_status ON runs (status);
CREATE TABLE jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id INTEGER NOT NULL REFERENCES runs (id), attempt INTEGER NOT NULL,
  key TEXT NOT NULL, name TEXT NOT NULL, matrix TEXT NOT NULL,
  status TEXT NOT NULL, conclusion TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '',
  outputs TEXT NOT NULL DEFAULT '{}', runner TEXT NOT NULL DEFAULT '', last_seq INTEGER NOT NULL DEFAULT 0,
  created INTEGER NOT NULL, started INTEGER NOT NULL DEFAULT 0, completed INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX jobs_run ON jobs (run_id);
CREATE INDEX jobs_status ON jobs (status);
CREATE TABLE steps (
  job_id INTEGER NOT NULL REFERENCES jobs (id), number INTEGER NOT NULL, name TEXT NOT NULL,
  status TEXT NOT NULL, conclusion TEXT NOT NULL, started INTEGER NOT NULL, completed INTEGER NOT NULL,
  PRIMARY KEY (job_id, number)
);
CREATE TABLE lines (
  job_id INTEGER NOT NULL REFERENCES jobs (id), seq INTEGER NOT NULL, step INTEGER NOT NULL,
  time INTEGER NOT NULL, text TEXT NOT NULL,
  PRIMARY KEY (job_id, seq)
) WITHOUT ROWID;
-- A runner is a pod that serves one job; job_id is 0 while it waits for one.
CREATE TABLE runners (
  name TEXT PRIMARY KEY, job_id INTEGER NOT NULL DEFAULT 0,
  token_hash TEXT NOT NULL DEFAULT '', instance TEXT NOT NULL DEFAULT '', created INTEGER NOT NULL
);
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  target TEXT NOT NULL, event TEXT NOT NULL, body BLOB NOT NULL, attempts INTEGER NOT NULL DEFAULT 0
);
