-- What became of changes sent to customers' endpoints. Times are microseconds since 1970.
CREATE TABLE outgoing_deliveries (
    organization    text NOT NULL,
    endpoint        text COLLATE "C" NOT NULL,
    position        bigint NOT NULL,
    event_type      text NOT NULL,
    state           text NOT NULL,
    attempts        bigint NOT NULL,
    first_at        bigint NOT NULL,
    last_at         bigint NOT NULL,
    next_at         bigint,
    status          bigint,
    error           text,
    PRIMARY KEY (endpoint, position)
);
CREATE INDEX outgoing_deliveries_by_state ON outgoing_deliveries (endpoint, state, last_at);
