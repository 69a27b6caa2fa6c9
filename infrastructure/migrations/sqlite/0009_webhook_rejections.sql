-- Webhooks that were not taken: how many for each reason, and the last ones. Times are microseconds since 1970.
CREATE TABLE webhook_rejections (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    provider TEXT NOT NULL,
    reason   TEXT NOT NULL,
    size     INTEGER NOT NULL,
    at       INTEGER NOT NULL
) STRICT;
CREATE TABLE webhook_rejection_counts (
    reason TEXT NOT NULL PRIMARY KEY,
    total  INTEGER NOT NULL
) STRICT;
