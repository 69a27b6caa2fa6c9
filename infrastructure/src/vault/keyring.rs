//! The key-encryption keys, ready for use.

use std::collections::HashMap;

use application::ports::vault::VaultError;

use super::cipher::Cipher;
use super::envelope::{Belongs, Envelope, seal};
use super::key_file::KeyFile;

/// Every key of the key file, and the current one's id.
pub(super) struct Keyring {
    current: String,
    keys: HashMap<String, Cipher>,
}

impl From<&KeyFile> for Keyring {
    fn from(file: &KeyFile) -> Self {
        let keys = file.keys.iter().map(|key| {
            let bytes = key.bytes().expect("the file was checked when it was read");
            (key.id.clone(), Cipher::new(&bytes))
        });
        Self { current: file.current.clone(), keys: keys.collect() }
    }
}

impl Keyring {
    pub(super) fn current(&self) -> &str {
        &self.current
    }

    pub(super) fn has(&self, key_id: &str) -> bool {
        self.keys.contains_key(key_id)
    }

    pub(super) fn seal(&self, belongs: Belongs<'_>, plain: &[u8]) -> Vec<u8> {
        seal((&self.current, self.current_key()), belongs, plain)
    }

    pub(super) fn open(
        &self,
        belongs: Belongs<'_>,
        envelope: &Envelope<'_>,
    ) -> Result<zeroize::Zeroizing<Vec<u8>>, VaultError> {
        envelope.open(self.key(envelope.key_id)?, belongs).ok_or(VaultError::NotAuthentic)
    }

    /// The same content under the current key.
    pub(super) fn rewrap(&self, belongs: Belongs<'_>, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let envelope = Envelope::parse(sealed).ok_or(VaultError::NotAuthentic)?;
        let from = self.key(envelope.key_id)?;
        let rewrapped = envelope.rewrap(from, (&self.current, self.current_key()), belongs);
        rewrapped.ok_or(VaultError::NotAuthentic)
    }

    fn key(&self, key_id: &str) -> Result<&Cipher, VaultError> {
        self.keys.get(key_id).ok_or_else(|| VaultError::UnknownKey { key_id: key_id.to_owned() })
    }

    fn current_key(&self) -> &Cipher {
        self.keys.get(&self.current).expect("the file was checked when it was read")
    }
}
