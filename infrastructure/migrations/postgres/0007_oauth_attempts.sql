-- Authorizations under way. The state is kept as SHA-256 only, the PKCE verifier sealed. Times are microseconds since 1970.
CREATE TABLE oauth_attempts (
    organization    text NOT NULL,
    name            text COLLATE "C" NOT NULL,
    state_digest    text COLLATE "C" NOT NULL UNIQUE,
    taken           bigint NOT NULL DEFAULT 0,
    project         text NOT NULL,
    integration     text NOT NULL,
    provider        text NOT NULL,
    redirect_uri    text NOT NULL,
    additional_data text,
    status          text NOT NULL,
    error           text,
    expires_at      bigint NOT NULL,
    key_id          text NOT NULL,
    sealed          bytea,
    PRIMARY KEY (organization, name)
);
CREATE INDEX oauth_attempts_by_name ON oauth_attempts (name);
