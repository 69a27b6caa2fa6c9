-- Work that causes outside effects. Times are microseconds since 1970.
CREATE TABLE jobs (
    enqueued     INTEGER PRIMARY KEY AUTOINCREMENT, -- order of arrival; never given twice, so that old leases stay refused
    kind         TEXT NOT NULL,
    key          TEXT NOT NULL,
    organization TEXT NOT NULL,
    lane         TEXT NOT NULL,
    payload      TEXT NOT NULL,
    not_before   INTEGER NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    generation   INTEGER NOT NULL DEFAULT 1,        -- counts enqueues
    taken        INTEGER NOT NULL DEFAULT 0,        -- the generation its last lease saw
    epoch        INTEGER NOT NULL DEFAULT 0,        -- counts leases
    lease_until  INTEGER,                           -- held by a worker
    status       TEXT NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'parked')),
    reason       TEXT,
    UNIQUE (kind, key)
) STRICT;
CREATE INDEX jobs_free ON jobs (lane, not_before, enqueued, kind) WHERE status = 'waiting' AND lease_until IS NULL;
CREATE INDEX jobs_held ON jobs (lane, lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX jobs_parked ON jobs (enqueued) WHERE status = 'parked';
