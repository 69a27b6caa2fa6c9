//! Many who store blobs at once share a transaction: while one is being written, the others gather for the next.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use application::ports::Unavailable;
use application::ports::blob_store::BlobAddress;

use crate::database::{Database, Statement, away, params};
use crate::unguarded::unguarded;

/// Blobs per statement.
const CHUNK: usize = 64;

/// A sealed blob on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sealed {
    pub(super) organization: String,
    pub(super) kind: String,
    pub(super) address: BlobAddress,
    /// Microseconds.
    pub(super) keep_until: i64,
    pub(super) key_id: String,
    pub(super) bytes: Vec<u8>,
}

/// Those who wait to be written.
#[derive(Default)]
pub(super) struct Gathering(application::gathering::Gathering<Vec<Sealed>, Result<(), Unavailable>>);

impl Gathering {
    /// Stores `load` with what else waits, in one transaction.
    pub(super) async fn store(&self, database: &Database, load: Vec<Sealed>) -> Result<(), Unavailable> {
        let all = |loads: Vec<Arc<Vec<Sealed>>>| async move {
            let written = write(database, distinct(&loads)).await;
            vec![written; loads.len()]
        };
        let stored = self.0.join(load, all).await;
        stored.unwrap_or_else(|| Err(away("blobs were not stored: those who wrote them were stopped")))
    }
}

/// Each once, kept for the longest time asked for, and in order, so that two processes that store the same blobs cannot
/// wait for each other.
fn distinct(all: &[Arc<Vec<Sealed>>]) -> Vec<Sealed> {
    let mut blobs: Vec<&Sealed> = all.iter().flat_map(|load| load.iter()).collect();
    blobs.sort_by_key(|blob| (&blob.organization, &blob.address, std::cmp::Reverse(blob.keep_until)));
    blobs.dedup_by_key(|blob| (&blob.organization, &blob.address));
    blobs.into_iter().cloned().collect()
}

async fn write(database: &Database, blobs: Vec<Sealed>) -> Result<(), Unavailable> {
    let mut statements = Vec::new();
    let mut blobs = blobs.into_iter().peekable();
    while blobs.peek().is_some() {
        statements.push(insert(blobs.by_ref().take(CHUNK)));
    }
    database.write(statements).await.map_err(unguarded)?;
    Ok(())
}

fn insert(blobs: impl Iterator<Item = Sealed>) -> Statement {
    let mut values = Vec::new();
    let mut rows = Vec::new();
    for blob in blobs {
        let last = values.len();
        let places: Vec<String> = (1..=6).map(|place| format!("${}", last + place)).collect();
        rows.push(format!("({})", places.join(", ")));
        values.extend(params![
            blob.organization,
            blob.address,
            blob.kind,
            blob.keep_until,
            blob.key_id,
            blob.bytes
        ]);
    }
    let sql = format!(
        "INSERT INTO blobs (organization, name, kind, keep_until, key_id, sealed) VALUES {}
         ON CONFLICT (organization, name) DO UPDATE SET keep_until = excluded.keep_until
         WHERE excluded.keep_until > blobs.keep_until",
        rows.join(", ")
    );
    Statement::new(sql, values)
}
