-- Secrets of connections and provider apps, sealed; a deleted row keeps its version. Times are microseconds since 1970.
CREATE TABLE credentials (
    organization text NOT NULL,
    name         text COLLATE "C" NOT NULL,
    version      bigint NOT NULL,
    key_id       text NOT NULL,
    sealed       bytea,
    PRIMARY KEY (organization, name)
);
-- Who refreshes a connection's tokens.
CREATE TABLE refresh_leases (
    organization text NOT NULL,
    name         text COLLATE "C" NOT NULL,
    holder       text NOT NULL,
    epoch        bigint NOT NULL,
    lease_until  bigint NOT NULL,
    PRIMARY KEY (organization, name)
);
