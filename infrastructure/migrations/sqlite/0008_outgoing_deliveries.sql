-- What became of changes sent to customers' endpoints. Times are microseconds since 1970.
CREATE TABLE outgoing_deliveries (
    organization    TEXT NOT NULL,
    endpoint        TEXT NOT NULL,
    position        INTEGER NOT NULL,
    event_type      TEXT NOT NULL,
    state           TEXT NOT NULL,
    attempts        INTEGER NOT NULL,
    first_at        INTEGER NOT NULL,
    last_at         INTEGER NOT NULL,
    next_at         INTEGER,
    status          INTEGER,
    error           TEXT,
    PRIMARY KEY (endpoint, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX outgoing_deliveries_by_state ON outgoing_deliveries (endpoint, state, last_at);
