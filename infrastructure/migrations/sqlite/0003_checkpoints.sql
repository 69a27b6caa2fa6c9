-- Where each subscriber has got to, and who may move it. Times are microseconds since 1970.
CREATE TABLE checkpoints (
    name        TEXT PRIMARY KEY,
    position    INTEGER NOT NULL,
    holder      TEXT NOT NULL,
    epoch       INTEGER NOT NULL,
    lease_until INTEGER NOT NULL
) STRICT;
-- What process managers know, instance by instance.
CREATE TABLE process_state (
    name      TEXT NOT NULL,
    key       TEXT NOT NULL,
    index_key TEXT,
    wake_at   INTEGER,
    state     TEXT NOT NULL,
    PRIMARY KEY (name, key)
) STRICT;
CREATE INDEX process_state_index ON process_state (name, index_key, key) WHERE index_key IS NOT NULL;
CREATE INDEX process_state_wake ON process_state (name, wake_at, key) WHERE wake_at IS NOT NULL;
