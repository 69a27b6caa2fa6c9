//! The statements. Both databases have the same ones but for how a list of rows comes in and how rows are locked.

/// Inserts jobs, or enqueues again: the newest payload; the earlier time while it waits; its own time when the first
/// one to come while it runs, or when it was parked.
macro_rules! enqueue {
    ($columns:literal, $from:literal) => {
        concat!(
            "INSERT INTO jobs (",
            $columns,
            ") SELECT ",
            $columns,
            " FROM ",
            $from,
            " ON CONFLICT (kind, key) DO UPDATE SET
                 organization = excluded.organization, lane = excluded.lane, payload = excluded.payload,
                 not_before = CASE
                     WHEN jobs.status = 'parked' OR (jobs.lease_until IS NOT NULL AND jobs.taken = jobs.generation)
                         THEN excluded.not_before
                     WHEN excluded.not_before < jobs.not_before THEN excluded.not_before
                     ELSE jobs.not_before END,
                 attempts = CASE WHEN jobs.status = 'parked' THEN 0 ELSE jobs.attempts END,
                 generation = jobs.generation + 1, status = 'waiting', reason = NULL"
        )
    };
}

pub(super) const ENQUEUE_SQLITE: &str = enqueue!(
    "kind, key, organization, lane, payload, not_before",
    "(SELECT value ->> 'kind' AS kind, value ->> 'key' AS key, value ->> 'organization' AS organization,
        value ->> 'lane' AS lane, value ->> 'payload' AS payload, value ->> 'not_before' AS not_before,
        value ->> 'place' AS place FROM json_each($1)) AS n WHERE true ORDER BY place"
);
// Numbered as they arrive, inserted in key order: two who enqueue the same keys cannot wait for each other.
pub(super) const ENQUEUE_POSTGRES: &str = enqueue!(
    "enqueued, kind, key, organization, lane, payload, not_before",
    "(SELECT nextval('jobs_enqueued_seq') AS enqueued, arrived.* FROM (
        SELECT * FROM jsonb_to_recordset($1::jsonb) AS n (kind text, key text, organization text, lane text,
            payload text, not_before bigint, place bigint) ORDER BY place) AS arrived) AS numbered
     ORDER BY kind COLLATE \"C\", key COLLATE \"C\""
);

/// Takes due jobs of one lane and of its oldest one's kind: free ones, and ones whose lease is over.
macro_rules! take {
    ($lock:literal) => {
        concat!(
            "WITH oldest AS (
                 SELECT kind FROM (
                     SELECT * FROM (SELECT kind, not_before, enqueued FROM jobs
                         WHERE lane = $1 AND status = 'waiting' AND lease_until IS NULL AND not_before <= $2
                         ORDER BY not_before, enqueued LIMIT 1) AS f
                     UNION ALL
                     SELECT * FROM (SELECT kind, not_before, enqueued FROM jobs
                         WHERE lane = $1 AND lease_until IS NOT NULL AND lease_until <= $2
                         ORDER BY not_before, enqueued LIMIT 1) AS l) AS either
                 ORDER BY not_before, enqueued LIMIT 1),
             free AS (
                 SELECT enqueued, not_before FROM jobs
                 WHERE lane = $1 AND status = 'waiting' AND lease_until IS NULL AND not_before <= $2
                     AND kind = (SELECT kind FROM oldest)
                 ORDER BY not_before, enqueued LIMIT $3 ",
            $lock,
            "),
             lost AS (
                 SELECT enqueued, not_before FROM jobs
                 WHERE lane = $1 AND lease_until IS NOT NULL AND lease_until <= $2
                     AND kind = (SELECT kind FROM oldest)
                 ORDER BY not_before, enqueued LIMIT $3 ",
            $lock,
            "),
             chosen AS (
                 SELECT enqueued FROM (SELECT * FROM free UNION ALL SELECT * FROM lost) AS either
                 ORDER BY not_before, enqueued LIMIT $3)
             UPDATE jobs SET lease_until = $4, epoch = epoch + 1, taken = generation
             WHERE enqueued IN (SELECT enqueued FROM chosen)
             RETURNING enqueued, not_before, organization, kind, lane, key, payload, attempts, generation, epoch"
        )
    };
}

pub(super) const TAKE_SQLITE: &str = take!("");
pub(super) const TAKE_POSTGRES: &str = take!("FOR UPDATE SKIP LOCKED");

/// Locks rows in the order in which `enqueue` meets them, so that the two cannot wait for each other.
pub(super) const LOCK_POSTGRES: &str =
    "SELECT 1 FROM jobs WHERE enqueued = ANY($1) ORDER BY kind, key FOR UPDATE";

// PostgreSQL is told the rows' numbers beside the list: it would rather read the whole table than join with a list of
// unknown length.
/// Forgets what is done, unless it was enqueued again or its lease was lost.
macro_rules! forget {
    ($from:literal, $named:literal) => {
        concat!(
            "DELETE FROM jobs WHERE enqueued IN (
                 SELECT j.enqueued FROM ",
            $from,
            " JOIN jobs AS j ON j.enqueued = s.enqueued
                 WHERE ",
            $named,
            " s.outcome = 'done' AND j.lease_until IS NOT NULL AND j.epoch % 1048576 = s.epoch
                     AND j.generation = s.generation)"
        )
    };
}

/// Gives back what is to run again, or parks it. What was enqueued again meanwhile waits, whatever came of this run.
macro_rules! give_back {
    ($from:literal, $named:literal) => {
        concat!(
            "UPDATE jobs SET
                 lease_until = NULL,
                 status = CASE WHEN s.outcome = 'park' AND jobs.generation = s.generation
                     THEN 'parked' ELSE 'waiting' END,
                 attempts = CASE WHEN s.outcome = 'untried' THEN jobs.attempts
                     WHEN s.outcome = 'retry' OR jobs.generation = s.generation
                     THEN jobs.attempts + 1 ELSE 0 END,
                 not_before = CASE
                     WHEN s.outcome <> 'retry' THEN jobs.not_before
                     WHEN jobs.generation = s.generation OR s.at < jobs.not_before THEN s.at
                     ELSE jobs.not_before END,
                 reason = CASE WHEN jobs.generation = s.generation THEN s.reason END
             FROM ",
            $from,
            " WHERE ",
            $named,
            " jobs.enqueued = s.enqueued AND jobs.lease_until IS NOT NULL
                 AND jobs.epoch % 1048576 = s.epoch
                 AND NOT (s.outcome = 'done' AND jobs.generation = s.generation)"
        )
    };
}

pub(super) const FORGET_SQLITE: &str = forget!(
    "(SELECT value ->> 'enqueued' AS enqueued, value ->> 'epoch' AS epoch, value ->> 'generation' AS generation,
        value ->> 'outcome' AS outcome FROM json_each($1)) AS s",
    ""
);
pub(super) const FORGET_POSTGRES: &str = forget!(
    "jsonb_to_recordset($1::jsonb) AS s (enqueued bigint, epoch bigint, generation bigint, outcome text)",
    "j.enqueued = ANY($2) AND"
);
pub(super) const GIVE_BACK_SQLITE: &str = give_back!(
    "(SELECT value ->> 'enqueued' AS enqueued, value ->> 'epoch' AS epoch, value ->> 'generation' AS generation,
        value ->> 'outcome' AS outcome, value ->> 'at' AS at, value ->> 'reason' AS reason
        FROM json_each($1)) AS s",
    ""
);
pub(super) const GIVE_BACK_POSTGRES: &str = give_back!(
    "jsonb_to_recordset($1::jsonb) AS s (enqueued bigint, epoch bigint, generation bigint, outcome text, at bigint,
        reason text)",
    "jobs.enqueued = ANY($2) AND"
);

// `ORDER BY … LIMIT 1`, not `min()`: a planner without statistics reads every row for an aggregate.
/// Lanes are found by jumping from one to the next in the index, never by reading every job.
macro_rules! lanes {
    () => {
        "WITH RECURSIVE lanes (lane) AS (
             SELECT (SELECT j.lane FROM jobs AS j
                 WHERE j.status = 'waiting' AND j.lease_until IS NULL ORDER BY j.lane LIMIT 1)
             UNION ALL
             SELECT (SELECT j.lane FROM jobs AS j
                 WHERE j.status = 'waiting' AND j.lease_until IS NULL AND j.lane > lanes.lane
                 ORDER BY j.lane LIMIT 1)
             FROM lanes WHERE lanes.lane IS NOT NULL) "
    };
}

/// Due jobs per lane, counted up to $2, and lanes with leases that are over.
pub(super) const DUE_LANES: &str = concat!(
    lanes!(),
    "SELECT lane, (SELECT count(*) FROM (SELECT 1 FROM jobs AS j
             WHERE j.lane = lanes.lane AND j.status = 'waiting' AND j.lease_until IS NULL AND j.not_before <= $1
             LIMIT $2) AS counted) AS due
         FROM lanes WHERE lane IS NOT NULL
     UNION ALL
     SELECT lane, count(*) FROM jobs WHERE lease_until IS NOT NULL AND lease_until <= $1 GROUP BY lane"
);

/// The earliest time of a job that is free, or at which a lease is over.
pub(super) const NEXT_DUE: &str = concat!(
    lanes!(),
    "SELECT min(due) FROM (
         SELECT (SELECT j.not_before FROM jobs AS j
             WHERE j.lane = lanes.lane AND j.status = 'waiting' AND j.lease_until IS NULL
             ORDER BY j.not_before LIMIT 1) AS due FROM lanes
         UNION ALL
         SELECT min(lease_until) FROM jobs WHERE lease_until IS NOT NULL) AS times"
);

pub(super) const DEPTH: &str = "SELECT
    (SELECT count(*) FROM jobs WHERE status = 'waiting' AND lease_until IS NULL),
    (SELECT count(*) FROM jobs WHERE lease_until IS NOT NULL),
    (SELECT count(*) FROM jobs WHERE status = 'parked')";

pub(super) const PARKED: &str =
    "SELECT kind, key, reason FROM jobs WHERE status = 'parked' ORDER BY enqueued DESC LIMIT $1";
