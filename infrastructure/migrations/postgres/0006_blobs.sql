-- Bulky or personal raw material, sealed. Times are microseconds since 1970.
CREATE TABLE blobs (
    organization text NOT NULL,
    name         text COLLATE "C" NOT NULL,
    kind         text NOT NULL,
    keep_until   bigint NOT NULL,
    key_id       text NOT NULL,
    sealed       bytea NOT NULL,
    PRIMARY KEY (organization, name)
);
CREATE INDEX blobs_keep_until ON blobs (keep_until);
