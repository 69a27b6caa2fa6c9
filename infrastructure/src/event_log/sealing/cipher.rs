//! AES-256-GCM (NIST SP 800-38D) under a subject's key: `nonce (12) | ciphertext | tag (16)`, a random nonce each.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};

/// The ciphertext of `plain`, bound to `associated`.
pub(super) fn seal(key: &[u8; 32], associated: &[u8], plain: &[u8]) -> Vec<u8> {
    let key = RandomizedNonceKey::new(&AES_256_GCM, key).expect("the key has the cipher's length");
    let mut sealed = Vec::with_capacity(NONCE_LEN + plain.len() + AES_256_GCM.tag_len());
    sealed.resize(NONCE_LEN, 0);
    sealed.extend_from_slice(plain);
    let done = key.seal_in_place_separate_tag(Aad::from(associated), &mut sealed[NONCE_LEN..]);
    let (nonce, tag) = done.expect("the cipher takes messages of up to 64 GiB");
    sealed[..NONCE_LEN].copy_from_slice(nonce.as_ref());
    sealed.extend_from_slice(tag.as_ref());
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
