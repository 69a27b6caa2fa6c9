//! The blob store: a table of sealed bytes, addressed by keyed digest.

mod gather;

use std::sync::Arc;

use application::ports::Unavailable;
use application::ports::blob_store::{BlobAddress, BlobStore};
use application::ports::clock::Clock;
use application::ports::vault::{Vault, VaultError};
use chrono::{DateTime, Utc};
use domain::digest::DigestKey;
use domain::ids::OrganizationId;
use secrecy::ExposeSecret;

use self::gather::{Gathering, Sealed};
use crate::database::{Database, Statement, away, params};
use crate::micros::micros;
use crate::unguarded::unguarded;
use crate::vault::SealedTable;

const SELECT: &str = "SELECT sealed FROM blobs WHERE organization = $1 AND name = $2 AND keep_until >= $3";
const SWEEP: &str = "DELETE FROM blobs WHERE keep_until < $1";

/// Blobs in the database, sealed by the vault.
pub struct DatabaseBlobStore {
    database: Database,
    vault: Arc<dyn Vault>,
    clock: Arc<dyn Clock>,
    gathering: Gathering,
}

impl DatabaseBlobStore {
    /// The blobs of `database`; `clock` says which of them are over.
    pub fn new(database: Database, vault: Arc<dyn Vault>, clock: Arc<dyn Clock>) -> Self {
        Self { database, vault, clock, gathering: Gathering::default() }
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
        let mut sealed = Vec::with_capacity(blobs.len());
        for (address, bytes) in addresses.iter().zip(blobs) {
            let bytes = self.vault.seal(organization, &SealedTable::BLOBS.context(address), bytes);
            let key_id = SealedTable::key_id(&bytes).map_err(closed)?.to_owned();
            let (organization, kind) = (organization.to_string(), kind.to_owned());
            let (address, keep_until) = (address.clone(), micros(keep_until));
            sealed.push(Sealed { organization, kind, address, keep_until, key_id, bytes });
        }
        self.gathering.store(&self.database, sealed).await?;
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
