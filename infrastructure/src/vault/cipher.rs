//! AES-256-GCM (NIST SP 800-38D) with a fresh random nonce per message: `nonce (12) | ciphertext | tag (16)`.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use zeroize::Zeroizing;

/// Bytes a key has.
pub(super) const KEY_BYTES: usize = 32;
/// Bytes sealing adds: nonce and tag.
pub(super) const OVERHEAD: usize = NONCE_LEN + 16;

/// A key, ready for use. The library wipes it when it is dropped.
pub(super) struct Cipher(RandomizedNonceKey);

impl Cipher {
    pub(super) fn new(key: &[u8; KEY_BYTES]) -> Self {
        Self(RandomizedNonceKey::new(&AES_256_GCM, key).expect("the key has the cipher's length"))
    }

    /// A fresh random key.
    pub(super) fn random_key() -> Zeroizing<[u8; KEY_BYTES]> {
        let mut key = Zeroizing::new([0_u8; KEY_BYTES]);
        aws_lc_rs::rand::fill(&mut *key).expect("the system's random source works or nothing does");
        key
    }

    pub(super) fn seal(&self, associated: &[u8], plain: &[u8]) -> Vec<u8> {
        let mut sealed = Vec::with_capacity(plain.len() + OVERHEAD);
        sealed.resize(NONCE_LEN, 0);
        sealed.extend_from_slice(plain);
        let done = self.0.seal_in_place_separate_tag(Aad::from(associated), &mut sealed[NONCE_LEN..]);
        let (nonce, tag) = done.expect("the cipher takes messages of up to 64 GiB");
        sealed[..NONCE_LEN].copy_from_slice(nonce.as_ref());
        sealed.extend_from_slice(tag.as_ref());
        sealed
    }

    /// `None` when it was altered, is too short, or was sealed by another key or for something else.
    pub(super) fn open(&self, associated: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut plain = Zeroizing::new(body.to_vec());
        let length = self.0.open_in_place(nonce, Aad::from(associated), &mut plain).ok()?.len();
        plain.truncate(length);
        Some(plain)
    }
}
