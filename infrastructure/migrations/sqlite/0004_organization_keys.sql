-- Keys of organizations, sealed by the key-encryption key named beside them.
CREATE TABLE organization_keys (
    organization TEXT NOT NULL,
    name         TEXT NOT NULL,
    key_id       TEXT NOT NULL,
    sealed       BLOB NOT NULL,
    PRIMARY KEY (organization, name)
) STRICT;
