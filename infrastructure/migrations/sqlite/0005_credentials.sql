-- Secrets of connections and provider apps, sealed; a deleted row keeps its version. Times are microseconds since 1970.
CREATE TABLE credentials (
    organization TEXT NOT NULL,
    name         TEXT NOT NULL,
    version      INTEGER NOT NULL,
    key_id       TEXT NOT NULL,
    sealed       BLOB,
    PRIMARY KEY (organization, name)
) STRICT;
-- Who refreshes a connection's tokens.
CREATE TABLE refresh_leases (
    organization TEXT NOT NULL,
    name         TEXT NOT NULL,
    holder       TEXT NOT NULL,
    epoch        INTEGER NOT NULL,
    lease_until  INTEGER NOT NULL,
    PRIMARY KEY (organization, name)
) STRICT;
