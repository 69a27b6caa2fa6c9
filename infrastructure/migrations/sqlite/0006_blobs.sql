-- Bulky or personal raw material, sealed. Times are microseconds since 1970.
CREATE TABLE blobs (
    organization TEXT NOT NULL,
    name         TEXT NOT NULL,
    kind         TEXT NOT NULL,
    keep_until   INTEGER NOT NULL,
    key_id       TEXT NOT NULL,
    sealed       BLOB NOT NULL,
    PRIMARY KEY (organization, name)
) STRICT;
CREATE INDEX blobs_keep_until ON blobs (keep_until);
