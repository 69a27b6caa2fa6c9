-- Where each subscriber has got to, and who may move it. Times are microseconds since 1970.
CREATE TABLE checkpoints (
    name        text COLLATE "C" PRIMARY KEY,
    position    bigint NOT NULL,
    holder      text NOT NULL,
    epoch       bigint NOT NULL,
    lease_until bigint NOT NULL
);
-- What process managers know, instance by instance.
CREATE TABLE process_state (
    name      text COLLATE "C" NOT NULL,
    key       text COLLATE "C" NOT NULL,
    index_key text COLLATE "C",
    wake_at   bigint,
    state     text NOT NULL,
    PRIMARY KEY (name, key)
);
CREATE INDEX process_state_index ON process_state (name, index_key, key) WHERE index_key IS NOT NULL;
CREATE INDEX process_state_wake ON process_state (name, wake_at, key) WHERE wake_at IS NOT NULL;
