//! AES-256-GCM (NIST SP 800-38D) under a subject's key: `nonce (12) | ciphertext | tag (16)`, a random nonce each.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};

/// The ciphertext of `plain`, bound to `associated`.
pub(super) fn seal(key: &[u8; 32], associated: &[u8], mut plain: Vec<u8>) -> Vec<u8> {
    let key = RandomizedNonceKey::new(&AES_256_GCM, key).expect("the key has the cipher's length");
    let done = key.seal_in_place_append_tag(Aad::from(associated), &mut plain);
    let nonce = done.expect("the cipher takes messages of up to 64 GiB");
    let mut sealed = Vec::with_capacity(NONCE_LEN + plain.len());
    sealed.extend_from_slice(nonce.as_ref());
    sealed.append(&mut plain);
    sealed
}

/// What was sealed; `None` when it was altered, or belongs elsewhere.
pub(super) fn open(key: &[u8; 32], associated: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let key = RandomizedNonceKey::new(&AES_256_GCM, key).expect("the key has the cipher's length");
    let (nonce, body) = sealed.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut plain = body.to_vec();
    let length = key.open_in_place(nonce, Aad::from(associated), &mut plain).ok()?.len();
    plain.truncate(length);
    Some(plain)
}
