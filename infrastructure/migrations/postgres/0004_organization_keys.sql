-- Keys of organizations, sealed by the key-encryption key named beside them.
CREATE TABLE organization_keys (
    organization text NOT NULL,
    name         text COLLATE "C" NOT NULL,
    key_id       text NOT NULL,
    sealed       bytea NOT NULL,
    PRIMARY KEY (organization, name)
);
