//! Idempotency keys as a provider takes them.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use uuid::Builder;

use crate::connectors::manifest::{KeyForm, Manifest};

/// The key as it is where the provider takes it, else one made from it.
pub(in super::super) fn of(manifest: &Manifest, key: &str) -> String {
    match (manifest.key_form, manifest.key_max_length) {
        (KeyForm::Uuid, _) => uuid(key),
        (KeyForm::Text, Some(most)) if key.chars().count() > most => digest(key),
        (KeyForm::Text, _) => key.to_owned(),
    }
}

/// The key of a batch: a digest of its items' keys.
pub(in super::super) fn of_batch(manifest: &Manifest, keys: &[&str], length: usize) -> String {
    let all = keys.join("\n");
    if manifest.key_form == KeyForm::Uuid {
        return uuid(&all);
    }
    let mut key = digest(&all);
    key.truncate(length.max(8));
    key
}

/// A UUID made from a text (RFC 9562, 5.8).
fn uuid(text: &str) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&Sha256::digest(text)[..16]);
    Builder::from_custom_bytes(bytes).into_uuid().to_string()
}

/// 43 characters that stand for a text of any length.
fn digest(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(text))
}

/// The key of a submission: the same for the same natural key, so that a provider that knows keys does it once.
pub(in super::super) fn of_submission(operation: &str, natural_key: &str) -> String {
    digest(&format!("{operation}\n{natural_key}"))
}
