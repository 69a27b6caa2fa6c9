//! The blob store: a table of sealed bytes, addressed by keyed digest.

use std::collections::BTreeMap;
use std::sync::Arc;

use application::ports::Unavailable;
use application::ports::blob_store::{BlobAddress, BlobStore};
use application::ports::clock::Clock;
use application::ports::vault::{Vault, VaultError};
use chrono::{DateTime, Utc};
use domain::digest::DigestKey;
use domain::ids::OrganizationId;
use secrecy::ExposeSecret;

use crate::database::{Database, Statement, away, params};
use crate::micros::micros;
use crate::unguarded::unguarded;
use crate::vault::SealedTable;

/// Blobs per statement.
const CHUNK: usize = 64;
const SELECT: &str = "SELECT sealed FROM blobs WHERE organization = $1 AND name = $2 AND keep_until >= $3";
const SWEEP: &str = "DELETE FROM blobs WHERE keep_until < $1";

/// Blobs in the database, sealed by the vault.
pub struct DatabaseBlobStore {
    database: Database,
    vault: Arc<dyn Vault>,
    clock: Arc<dyn Clock>,
}

/// What the blobs of one `put` share.
struct Put<'a> {
    organization: OrganizationId,
    kind: &'a str,
    keep_until: DateTime<Utc>,
}

impl DatabaseBlobStore {
    /// The blobs of `database`; `clock` says which of them are over.
    pub fn new(database: Database, vault: Arc<dyn Vault>, clock: Arc<dyn Clock>) -> Self {
        Self { database, vault, clock }
    }

    fn insert(&self, put: &Put<'_>, blobs: &[(&BlobAddress, &[u8])]) -> Result<Statement, VaultError> {
        let organization = put.organization.to_string();
        let mut values = params![organization, put.kind, micros(put.keep_until)];
        let mut rows = Vec::with_capacity(blobs.len());
        for (address, bytes) in blobs {
            let sealed = self.vault.seal(put.organization, &SealedTable::BLOBS.context(address), bytes);
            let key_id = SealedTable::key_id(&sealed)?.to_owned();
            let last = values.len();
            values.extend(params![*address, key_id, sealed]);
            rows.push(format!("($1, ${}, $2, $3, ${}, ${})", last + 1, last + 2, last + 3));
        }
        let sql = format!(
            "INSERT INTO blobs (organization, name, kind, keep_until, key_id, sealed) VALUES {}
             ON CONFLICT (organization, name) DO UPDATE SET keep_until = excluded.keep_until
             WHERE excluded.keep_until > blobs.keep_until",
            rows.join(", ")
        );
        Ok(Statement::new(sql, values))
    }
}

/// The keyed digest of kind and content. A kind has no zero byte, so that the two cannot run into each other.
fn address(key: &DigestKey, kind: &str, bytes: &[u8]) -> BlobAddress {
    key.digest(&[kind.as_bytes(), &[0], bytes].concat()).to_string()
}

fn closed(error: VaultError) -> Unavailable {
    match error {
        VaultError::Unavailable(unavailable) => unavailable,
        other => away(other),
    }
}

#[async_trait::async_trait]
impl BlobStore for DatabaseBlobStore {
    async fn put(
        &self,
        organization: OrganizationId,
        kind: &str,
        bytes: &[u8],
        keep_until: DateTime<Utc>,
    ) -> Result<BlobAddress, Unavailable> {
        let mut addresses = self.put_many(organization, kind, &[bytes.to_vec()], keep_until).await?;
        addresses.pop().ok_or_else(|| away("a blob got no address"))
    }

    async fn put_many(
        &self,
        organization: OrganizationId,
        kind: &str,
        blobs: &[Vec<u8>],
        keep_until: DateTime<Utc>,
    ) -> Result<Vec<BlobAddress>, Unavailable> {
        let key = self.vault.digest_key(organization).await.map_err(closed)?;
        let addresses: Vec<BlobAddress> = blobs.iter().map(|bytes| address(&key, kind, bytes)).collect();
        // Each once and in order, so that two who store the same blobs cannot wait for each other.
        let distinct: BTreeMap<&BlobAddress, &[u8]> =
            addresses.iter().zip(blobs.iter().map(Vec::as_slice)).collect();
        let distinct: Vec<(&BlobAddress, &[u8])> = distinct.into_iter().collect();
        let put = Put { organization, kind, keep_until };
        let statements = distinct.chunks(CHUNK).map(|chunk| self.insert(&put, chunk));
        let statements = statements.collect::<Result<Vec<_>, _>>().map_err(closed)?;
        self.database.write(statements).await.map_err(unguarded)?;
        Ok(addresses)
    }

    async fn get(&self, organization: OrganizationId, address: &str) -> Result<Option<Vec<u8>>, Unavailable> {
        let values = params![organization.to_string(), address, micros(self.clock.now())];
        let rows = self.database.query(SELECT, values).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let context = SealedTable::BLOBS.context(address);
        let plain = self.vault.open(organization, &context, row.bytes(0)?).map_err(closed)?;
        Ok(Some(plain.expose_secret().to_vec()))
    }

    async fn sweep(&self, now: DateTime<Utc>) -> Result<u64, Unavailable> {
        let sweep = Statement::new(SWEEP, params![micros(now)]);
        Ok(self.database.write(vec![sweep]).await.map_err(unguarded)?.iter().sum())
    }
}
