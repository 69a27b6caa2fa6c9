//! The organizations' own keys: random, made on first use, stored sealed, kept in memory.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use application::ports::vault::{Vault, VaultError};
use domain::digest::DigestKey;
use domain::ids::OrganizationId;
use zeroize::Zeroizing;

use super::cipher::{Cipher, KEY_BYTES};
use super::envelope::Belongs;
use super::file_vault::FileVault;
use super::key_wrapper::KeyWrapper;
use super::rotation::SealedTable;
use crate::database::{Database, away, params};

const SELECT: &str = "SELECT sealed FROM organization_keys WHERE organization = $1 AND name = $2";
const INSERT: &str =
    "INSERT INTO organization_keys (organization, name, key_id, sealed) VALUES ($1, $2, $3, $4)
    ON CONFLICT (organization, name) DO NOTHING RETURNING 1";

type Cache<T> = Mutex<HashMap<OrganizationId, T>>;

/// The table of organization keys, and what was read of it.
pub(super) struct OrganizationKeys {
    database: Database,
    digest_keys: Cache<DigestKey>,
    wrappers: Cache<KeyWrapper>,
}

impl OrganizationKeys {
    pub(super) fn new(database: Database) -> Self {
        Self { database, digest_keys: Cache::default(), wrappers: Cache::default() }
    }

    pub(super) async fn digest_key(
        &self,
        vault: &FileVault,
        organization: OrganizationId,
    ) -> Result<DigestKey, VaultError> {
        if let Some(key) = cached(&self.digest_keys, &organization) {
            return Ok(key);
        }
        let key = DigestKey::new(&*self.obtain(vault, organization, "digest").await?);
        Ok(keep(&self.digest_keys, organization, key))
    }

    pub(super) async fn wrapper(
        &self,
        vault: &FileVault,
        organization: OrganizationId,
    ) -> Result<KeyWrapper, VaultError> {
        if let Some(wrapper) = cached(&self.wrappers, &organization) {
            return Ok(wrapper);
        }
        let wrapper = KeyWrapper::new(&*self.obtain(vault, organization, "wrapping").await?);
        Ok(keep(&self.wrappers, organization, wrapper))
    }

    async fn obtain(
        &self,
        vault: &FileVault,
        organization: OrganizationId,
        name: &str,
    ) -> Result<Zeroizing<[u8; KEY_BYTES]>, VaultError> {
        let context = SealedTable::ORGANIZATION_KEYS.context(name);
        let belongs = Belongs { organization, context: &context };
        if let Some(sealed) = self.stored(organization, name).await? {
            return key_of(&vault.unseal(belongs, &sealed)?);
        }
        let key = Cipher::random_key();
        let sealed = vault.seal(organization, &context, &*key);
        let key_id = SealedTable::key_id(&sealed)?.to_owned();
        let values = params![organization.to_string(), name, key_id, sealed];
        if !self.database.write_query(INSERT, values).await?.is_empty() {
            return Ok(key);
        }
        // Another process was faster: its key is the organization's.
        let sealed = self.stored(organization, name).await?;
        key_of(&vault.unseal(belongs, &sealed.ok_or_else(|| away("an organization key vanished"))?)?)
    }

    async fn stored(&self, organization: OrganizationId, name: &str) -> Result<Option<Vec<u8>>, VaultError> {
        let rows = self.database.query(SELECT, params![organization.to_string(), name]).await?;
        Ok(rows.first().map(|row| row.bytes(0).map(<[u8]>::to_vec)).transpose()?)
    }
}

fn key_of(plain: &[u8]) -> Result<Zeroizing<[u8; KEY_BYTES]>, VaultError> {
    plain.try_into().map(Zeroizing::new).map_err(|_| VaultError::NotAuthentic)
}

fn cached<K: Hash + Eq, T: Clone>(cache: &Mutex<HashMap<K, T>>, key: &K) -> Option<T> {
    cache.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
}

/// Keeps the first that comes: callers at the same time obtained the same key.
fn keep<K: Hash + Eq, T: Clone>(cache: &Mutex<HashMap<K, T>>, key: K, value: T) -> T {
    cache.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_insert(value).clone()
}
