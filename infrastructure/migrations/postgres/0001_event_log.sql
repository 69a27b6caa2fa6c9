-- The event log. Rows of events are never changed or deleted.
-- The seven columns and the primary key of postgres-es, and ours with defaults, so that its rows fit.
-- The payload is `json`, not `jsonb`: its bytes are kept as they were written.
CREATE TABLE events (
    aggregate_type  text COLLATE "C" NOT NULL,
    aggregate_id    text COLLATE "C" NOT NULL,
    sequence        bigint NOT NULL CHECK (sequence >= 0),
    event_type      text COLLATE "C" NOT NULL,
    event_version   text COLLATE "C" NOT NULL,
    payload         json NOT NULL,
    metadata        json NOT NULL,
    organization_id text COLLATE "C" NOT NULL DEFAULT '00000000-0000-7000-8000-000000000001',
    recorded_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    global_position bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (aggregate_type, aggregate_id, sequence),
    UNIQUE (global_position)
);

CREATE FUNCTION events_are_for_ever() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are never changed or deleted';
END
$$;

CREATE TRIGGER events_are_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION events_are_for_ever();

-- The newest state of a stream; a cache that may be emptied.
CREATE TABLE snapshots (
    aggregate_type text COLLATE "C" NOT NULL,
    aggregate_id   text COLLATE "C" NOT NULL,
    sequence       bigint NOT NULL,
    shape          bigint NOT NULL,
    payload        bytea NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id)
) WITH (fillfactor = 70);

-- Which stream holds which claim; derived from the events (`headwater claims check`).
CREATE TABLE claims (
    claim  bytea NOT NULL PRIMARY KEY,
    stream text COLLATE "C" NOT NULL,
    tag    bytea
);

-- Command ids of API clients, kept 7 days.
CREATE TABLE commands (
    organization_id text COLLATE "C" NOT NULL,
    command_id      text COLLATE "C" NOT NULL,
    body_hash       bytea NOT NULL,
    first_position  bigint NOT NULL,
    last_position   bigint NOT NULL,
    expires_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, command_id)
);

CREATE INDEX commands_by_expiry ON commands (expires_at);

-- Keys of sealed event contents, wrapped by their organization's key. Erasing a subject empties `wrapped`.
CREATE TABLE subject_keys (
    organization_id text COLLATE "C" NOT NULL,
    subject         text COLLATE "C" NOT NULL,
    wrapped         bytea,
    PRIMARY KEY (organization_id, subject)
);
