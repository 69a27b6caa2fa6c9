-- Authorizations under way. The state is kept as SHA-256 only, the PKCE verifier sealed. Times are microseconds since 1970.
CREATE TABLE oauth_attempts (
    organization    TEXT NOT NULL,
    name            TEXT NOT NULL,
    state_digest    TEXT NOT NULL UNIQUE,
    taken           INTEGER NOT NULL DEFAULT 0,
    project         TEXT NOT NULL,
    integration     TEXT NOT NULL,
    provider        TEXT NOT NULL,
    redirect_uri    TEXT NOT NULL,
    additional_data TEXT,
    status          TEXT NOT NULL,
    error           TEXT,
    expires_at      INTEGER NOT NULL,
    key_id          TEXT NOT NULL,
    sealed          BLOB,
    PRIMARY KEY (organization, name)
) STRICT;
CREATE INDEX oauth_attempts_by_name ON oauth_attempts (name);
