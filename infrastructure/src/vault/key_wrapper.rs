//! Wrapping of many small keys of one organization, without a data key of their own.

use std::fmt;
use std::sync::Arc;

use application::ports::vault::VaultError;
use zeroize::Zeroizing;

use super::cipher::{Cipher, KEY_BYTES};

const VERSION: u8 = 1;

/// An organization's wrapping key: for the subject keys of the event log, one AES operation each. It does not change;
/// a rotation wraps it anew. (2^32 subjects per organization, by the bound for random nonces of SP 800-38D, 8.3.)
#[derive(Clone)]
pub struct KeyWrapper(Arc<Cipher>);

impl KeyWrapper {
    pub(super) fn new(key: &[u8; KEY_BYTES]) -> Self {
        Self(Arc::new(Cipher::new(key)))
    }

    /// A fresh random key, to be wrapped.
    pub fn random_key() -> Zeroizing<[u8; KEY_BYTES]> {
        Cipher::random_key()
    }

    /// Wraps `key`; `associated` is what it belongs to, and must be given again to unwrap it.
    pub fn wrap(&self, associated: &[u8], key: &[u8; KEY_BYTES]) -> Vec<u8> {
        let mut wrapped = vec![VERSION];
        wrapped.extend(self.0.seal(associated, key));
        wrapped
    }

    /// Unwraps what `wrap` made with the same `associated`.
    pub fn unwrap(
        &self,
        associated: &[u8],
        wrapped: &[u8],
    ) -> Result<Zeroizing<[u8; KEY_BYTES]>, VaultError> {
        let Some((&VERSION, sealed)) = wrapped.split_first() else { return Err(VaultError::NotAuthentic) };
        let plain = self.0.open(associated, sealed).ok_or(VaultError::NotAuthentic)?;
        let key: &[u8; KEY_BYTES] = plain.as_slice().try_into().map_err(|_| VaultError::NotAuthentic)?;
        Ok(Zeroizing::new(*key))
    }
}

impl fmt::Debug for KeyWrapper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyWrapper(..)")
    }
}
