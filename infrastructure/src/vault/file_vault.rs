//! The vault over a key file and the table of organization keys.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use application::ports::vault::{Vault, VaultError};
use domain::digest::DigestKey;
use domain::ids::OrganizationId;
use secrecy::SecretSlice;
use zeroize::Zeroizing;

use super::envelope::{Belongs, Envelope};
use super::key_file::{KeyFile, KeyFileError};
use super::key_wrapper::KeyWrapper;
use super::keyring::Keyring;
use super::organization_keys::OrganizationKeys;
use crate::database::Database;

/// Envelope encryption under the keys of a file. Without the file there is no vault, and the hub does not start.
pub struct FileVault {
    path: PathBuf,
    keyring: RwLock<Arc<Keyring>>,
    organizations: OrganizationKeys,
    pub(super) database: Database,
}

impl FileVault {
    /// Reads the key file at `path`; refuses to go on without one, or with one that others may read.
    pub fn open(path: &Path, database: Database) -> Result<Self, KeyFileError> {
        let keyring = Arc::new(Keyring::from(&KeyFile::read(path)?));
        let organizations = OrganizationKeys::new(database.clone());
        Ok(Self { path: path.into(), keyring: RwLock::new(keyring), organizations, database })
    }

    /// Like `open`; a first run makes the file, with mode 0600, and says so.
    pub fn open_or_create(path: &Path, database: Database) -> Result<Self, KeyFileError> {
        if KeyFile::create(path)? {
            tracing::warn!(
                path = %path.display(),
                "made a new key file: back it up now; without it no credential and no sealed field can be read again"
            );
        }
        Self::open(path, database)
    }

    /// The organization's wrapping key, for keys of its own (subject keys); made and stored on first use.
    pub async fn organization_wrapper(&self, organization: OrganizationId) -> Result<KeyWrapper, VaultError> {
        self.organizations.wrapper(self, organization).await
    }

    /// Adds a new key-encryption key to the file and makes it current. Then call `rewrap`. Answers its id.
    pub fn rotate(&self) -> Result<String, KeyFileError> {
        let key_id = KeyFile::add_key(&self.path)?;
        self.reload()?;
        tracing::warn!(path = %self.path.display(), key_id, "added a key: back the key file up before anything else");
        Ok(key_id)
    }

    pub(super) fn keyring(&self) -> Arc<Keyring> {
        Arc::clone(&self.keyring.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn reload(&self) -> Result<Arc<Keyring>, KeyFileError> {
        let keyring = Arc::new(Keyring::from(&KeyFile::read(&self.path)?));
        *self.keyring.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&keyring);
        Ok(keyring)
    }

    /// The keys with `key_id` among them, where the file has it: another process may have rotated meanwhile.
    pub(super) fn keyring_with(&self, key_id: &str) -> Arc<Keyring> {
        let keyring = self.keyring();
        if keyring.has(key_id) {
            return keyring;
        }
        self.reload().unwrap_or_else(|error| {
            tracing::error!(%error, "the key file cannot be read again");
            keyring
        })
    }

    pub(super) fn unseal(
        &self,
        belongs: Belongs<'_>,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let envelope = Envelope::parse(sealed).ok_or(VaultError::NotAuthentic)?;
        self.keyring_with(envelope.key_id).open(belongs, &envelope)
    }
}

#[async_trait::async_trait]
impl Vault for FileVault {
    async fn digest_key(&self, organization: OrganizationId) -> Result<DigestKey, VaultError> {
        self.organizations.digest_key(self, organization).await
    }

    fn seal(&self, organization: OrganizationId, context: &str, plain: &[u8]) -> Vec<u8> {
        self.keyring().seal(Belongs { organization, context }, plain)
    }

    fn open(
        &self,
        organization: OrganizationId,
        context: &str,
        sealed: &[u8],
    ) -> Result<SecretSlice<u8>, VaultError> {
        let plain = self.unseal(Belongs { organization, context }, sealed)?;
        // A copy of exactly its size: growing or shrinking would leave the old bytes behind.
        Ok(SecretSlice::from(plain.as_slice().to_vec()))
    }
}
