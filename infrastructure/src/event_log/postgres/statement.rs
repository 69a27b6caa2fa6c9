//! The one statement that writes a batch.
//!
//! Every part that modifies data reads from `l`, which takes the lock: one that does not would run before it and
//! deadlock with another process's. What it must know about stored rows it does not read itself (its snapshot is
//! older than the lock); it fails instead, and the checked path looks.

use std::fmt::Write as _;

use application::ports::Unavailable;
use sqlx::postgres::{PgArguments, PgHasArrayType};
use sqlx::{Arguments, Encode, Postgres, Type};

use super::super::raw::broken;
use super::rows::{Claims, Commands, Events, JsonText, Keys, Predecessors, Rows, Shown, Snapshots};

/// A snapshot takes the place of an older one.
const NEWER: &str = " ON CONFLICT (aggregate_type, aggregate_id)
    DO UPDATE SET sequence = excluded.sequence, shape = excluded.shape, payload = excluded.payload";

/// Combinations of what events share that are sent once instead of with each event.
const FEW: usize = 64;

/// SQL and its arguments, numbered as they come.
pub(super) struct Statement {
    pub(super) sql: String,
    pub(super) arguments: PgArguments,
}

impl Statement {
    /// The statement for `rows`. With `lock` it takes the lock and insists that nothing is there already; without,
    /// the transaction holds the lock and every row was checked.
    pub(super) fn new(rows: Rows<'_>, lock: Option<i64>) -> Result<Self, Unavailable> {
        let mut statement = Self { sql: String::with_capacity(2048), arguments: PgArguments::default() };
        statement.build(rows, lock).map_err(broken)?;
        Ok(statement)
    }

    fn build(&mut self, rows: Rows<'_>, lock: Option<i64>) -> Result<(), Failure> {
        let fresh = lock.is_some();
        match lock {
            Some(key) => {
                let key = self.argument(key)?;
                write!(self.sql, "WITH l AS MATERIALIZED (SELECT pg_advisory_xact_lock({key}))")?;
            }
            None => self.sql.push_str("WITH l AS MATERIALIZED (SELECT 1)"),
        }
        // The clock may be set back; recorded times never go back.
        self.sql.push_str(
            ", n AS MATERIALIZED (SELECT greatest(clock_timestamp(),
            (SELECT recorded_at FROM events ORDER BY global_position DESC LIMIT 1)) AS t FROM l)",
        );
        let retagged = rows.retags.keys.len();
        let existing = !rows.predecessors.ids.is_empty();
        self.predecessors(rows.predecessors)?;
        self.events(rows.events)?;
        self.claims(rows.claims, fresh)?;
        self.retags(rows.retags)?;
        self.releases(rows.releases)?;
        self.snapshots(rows.first_snapshots, ("b", ""))?;
        self.snapshots(rows.snapshots, ("s", NEWER))?;
        self.keys(rows.keys)?;
        self.commands(rows.commands)?;
        self.answer(retagged, existing)
    }

    fn predecessors(&mut self, known: Predecessors<'_>) -> Result<(), Failure> {
        if known.ids.is_empty() {
            return Ok(());
        }
        let columns = [
            self.array(known.kinds, "text")?,
            self.array(known.ids, "text")?,
            self.array(known.sequences, "bigint")?,
        ]
        .join(", ");
        write!(
            self.sql,
            ", p AS MATERIALIZED (SELECT count(*) AS missing FROM UNNEST({columns}) u(t, i, s)"
        )?;
        self.sql.push_str(
            " WHERE NOT EXISTS (SELECT 1 FROM events v
            WHERE v.aggregate_type = u.t AND v.aggregate_id = u.i AND v.sequence = u.s))",
        );
        Ok(())
    }

    fn events(&mut self, events: Events<'_>) -> Result<(), Failure> {
        let Events { ids, sequences, payloads, mut shared, distinct } = events;
        let few = distinct.all.len() <= FEW;
        // Where events have little in common, each brings its own: PostgreSQL counts through an array to a place.
        let each = |place: i32| distinct.all[usize::try_from(place - 1).unwrap_or_default()];
        let all = if few { distinct.all.clone() } else { shared.iter().copied().map(each).collect() };
        if !few {
            shared.clear();
        }
        let rest = [
            self.array(all.iter().map(|shared| shared.kind.as_str()).collect(), "text")?,
            self.array(all.iter().map(|shared| shared.event_type).collect(), "text")?,
            self.array(all.iter().map(|shared| shared.event_version).collect(), "text")?,
            self.array(all.iter().map(|shared| JsonText(shared.metadata)).collect(), "json")?,
            self.array(all.iter().map(|shared| Shown(shared.organization)).collect(), "text")?,
        ];
        let own = [
            self.array(ids, "text")?,
            self.array(sequences, "bigint")?,
            self.array(payloads, "json")?,
            self.array(shared, "int")?,
        ]
        .join(", ");
        self.sql.push_str(
            ", e AS (INSERT INTO events (aggregate_id, sequence, payload, aggregate_type, event_type, event_version,
            metadata, organization_id, recorded_at) SELECT u.i, u.s, u.p, ",
        );
        if few {
            write!(self.sql, "({})[u.d], n.t FROM n, UNNEST({own}) u(i, s, p, d)", rest.join(")[u.d], ("))?;
        } else {
            let rest = rest.join(", ");
            write!(self.sql, "u.t, u.n, u.v, u.m, u.o, n.t FROM n, UNNEST({own}, {rest})")?;
            self.sql.push_str(" u(i, s, p, d, t, n, v, m, o)");
        }
        self.sql.push_str(" RETURNING global_position)");
        self.sql.push_str(
            ", g AS MATERIALIZED (SELECT array_agg(global_position ORDER BY global_position) AS at FROM e)",
        );
        Ok(())
    }

    fn claims(&mut self, claims: Claims<'_>, fresh: bool) -> Result<(), Failure> {
        if claims.keys.is_empty() {
            return Ok(());
        }
        let columns = self.claim_columns(claims)?;
        let known = " ON CONFLICT (claim) DO UPDATE SET stream = excluded.stream, tag = excluded.tag";
        let known = if fresh { "" } else { known };
        self.sql.push_str(", c AS (INSERT INTO claims (claim, stream, tag) SELECT u.k, u.s, u.t FROM l,");
        write!(self.sql, " UNNEST({columns}) u(k, s, t){known})")?;
        Ok(())
    }

    fn claim_columns(&mut self, Claims { keys, streams, tags }: Claims<'_>) -> Result<String, Failure> {
        Ok([self.array(keys, "bytea")?, self.array(streams, "text")?, self.array(tags, "bytea")?].join(", "))
    }

    fn retags(&mut self, claims: Claims<'_>) -> Result<(), Failure> {
        if claims.keys.is_empty() {
            return Ok(());
        }
        let columns = self.claim_columns(claims)?;
        write!(self.sql, ", r AS (UPDATE claims SET tag = u.t FROM l, UNNEST({columns}) u(k, s, t)")?;
        self.sql.push_str(" WHERE claim = u.k AND stream = u.s RETURNING 1)");
        Ok(())
    }

    fn releases(&mut self, keys: Vec<&[u8]>) -> Result<(), Failure> {
        if keys.is_empty() {
            return Ok(());
        }
        let columns = self.array(keys, "bytea")?;
        write!(self.sql, ", d AS (DELETE FROM claims USING l, UNNEST({columns}) u(k) WHERE claim = u.k)")?;
        Ok(())
    }

    fn snapshots(&mut self, snapshots: Snapshots<'_>, (name, known): (&str, &str)) -> Result<(), Failure> {
        if snapshots.ids.is_empty() {
            return Ok(());
        }
        let columns = [
            self.array(snapshots.kinds, "text")?,
            self.array(snapshots.ids, "text")?,
            self.array(snapshots.sequences, "bigint")?,
            self.array(snapshots.shapes, "bigint")?,
            self.array(snapshots.payloads, "bytea")?,
        ]
        .join(", ");
        write!(self.sql, ", {name} AS (INSERT INTO snapshots")?;
        self.sql.push_str(" (aggregate_type, aggregate_id, sequence, shape, payload)");
        write!(
            self.sql,
            " SELECT u.t, u.i, u.s, u.h, u.p FROM l, UNNEST({columns}) u(t, i, s, h, p){known})"
        )?;
        Ok(())
    }

    fn keys(&mut self, Keys { organizations, subjects, wrapped }: Keys<'_>) -> Result<(), Failure> {
        if subjects.is_empty() {
            return Ok(());
        }
        let columns = [
            self.array(organizations, "text")?,
            self.array(subjects, "text")?,
            self.array(wrapped, "bytea")?,
        ];
        self.sql.push_str(", k AS (INSERT INTO subject_keys (organization_id, subject, wrapped)");
        write!(self.sql, " SELECT u.o, u.s, u.w FROM l, UNNEST({}) u(o, s, w))", columns.join(", "))?;
        Ok(())
    }

    fn commands(&mut self, commands: Commands<'_>) -> Result<(), Failure> {
        if commands.ids.is_empty() {
            return Ok(());
        }
        let columns = [
            self.array(commands.organizations, "text")?,
            self.array(commands.ids, "text")?,
            self.array(commands.hashes, "bytea")?,
            self.array(commands.first, "bigint")?,
            self.array(commands.last, "bigint")?,
            self.array(commands.expires, "timestamptz")?,
        ]
        .join(", ");
        self.sql.push_str(
            ", m AS (INSERT INTO commands (organization_id, command_id, body_hash, first_position, last_position,
            expires_at) SELECT u.o, u.c, u.h, g.at[u.f], g.at[u.l], u.x",
        );
        write!(self.sql, " FROM g, UNNEST({columns}) u(o, c, h, f, l, x))")?;
        Ok(())
    }

    /// The positions; division by zero where a row is missing, which undoes the statement.
    fn answer(&mut self, retagged: usize, existing: bool) -> Result<(), Failure> {
        let retagged = i64::try_from(retagged)?;
        self.sql.push_str(" SELECT g.at, 1 / CASE WHEN true");
        if retagged > 0 {
            let count = self.argument(retagged)?;
            write!(self.sql, " AND (SELECT count(*) FROM r) = {count}")?;
        }
        if existing {
            self.sql.push_str(" AND (SELECT missing FROM p) = 0");
        }
        self.sql.push_str(" THEN 1 ELSE 0 END FROM g");
        Ok(())
    }

    fn argument<'q, T>(&mut self, value: T) -> Result<String, Failure>
    where
        T: Encode<'q, Postgres> + Type<Postgres> + 'q,
    {
        self.arguments.add(value)?;
        Ok(format!("${}", self.arguments.len()))
    }

    /// A placeholder for an array of this element type.
    fn array<'q, T>(&mut self, values: Vec<T>, element: &str) -> Result<String, Failure>
    where
        T: Encode<'q, Postgres> + Type<Postgres> + PgHasArrayType + 'q,
    {
        Ok(format!("{}::{element}[]", self.argument(values)?))
    }
}

/// What only a mistake of ours or more than 2 GiB of arguments can cause.
type Failure = Box<dyn std::error::Error + Send + Sync>;
