-- The event log. Rows of events are never changed or deleted.
-- The seven columns of postgres-es, and ours; global_position is the one global order and survives VACUUM.
CREATE TABLE events (
    global_position INTEGER PRIMARY KEY AUTOINCREMENT,
    aggregate_type  TEXT NOT NULL,
    aggregate_id    TEXT NOT NULL,
    sequence        INTEGER NOT NULL CHECK (sequence >= 0),
    event_type      TEXT NOT NULL,
    event_version   TEXT NOT NULL,
    payload         TEXT NOT NULL,
    metadata        TEXT NOT NULL,
    organization_id TEXT NOT NULL DEFAULT '00000000-0000-7000-8000-000000000001',
    recorded_at     TEXT NOT NULL,
    UNIQUE (aggregate_type, aggregate_id, sequence)
);

CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
BEGIN
    SELECT RAISE(ABORT, 'events are never changed');
END;

CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
BEGIN
    SELECT RAISE(ABORT, 'events are never deleted');
END;

-- The newest state of a stream; a cache that may be emptied.
CREATE TABLE snapshots (
    aggregate_type TEXT NOT NULL,
    aggregate_id   TEXT NOT NULL,
    sequence       INTEGER NOT NULL,
    shape          INTEGER NOT NULL,
    payload        BLOB NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id)
);

-- Which stream holds which claim; derived from the events (`headwater claims check`).
CREATE TABLE claims (
    claim  BLOB NOT NULL PRIMARY KEY,
    stream TEXT NOT NULL,
    tag    BLOB
) WITHOUT ROWID;

-- Command ids of API clients, kept 7 days.
CREATE TABLE commands (
    organization_id TEXT NOT NULL,
    command_id      TEXT NOT NULL,
    body_hash       BLOB NOT NULL,
    first_position  INTEGER NOT NULL,
    last_position   INTEGER NOT NULL,
    expires_at      TEXT NOT NULL,
    PRIMARY KEY (organization_id, command_id)
) WITHOUT ROWID;

CREATE INDEX commands_by_expiry ON commands (expires_at);

-- Keys of sealed event contents, wrapped by their organization's key. Erasing a subject empties `wrapped`.
CREATE TABLE subject_keys (
    organization_id TEXT NOT NULL,
    subject         TEXT NOT NULL,
    wrapped         BLOB,
    PRIMARY KEY (organization_id, subject)
) WITHOUT ROWID;
