//! Secrets as they are sealed: one JSON text.

use application::ports::credentials::Secrets;
use application::ports::vault::VaultError;
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

#[derive(Serialize)]
struct Plain<'a> {
    values: Vec<(&'a str, &'a str)>,
    expires_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
struct Opened {
    values: Vec<(String, String)>,
    expires_at: Option<DateTime<Utc>>,
}

/// The text to seal; wiped when it is dropped.
pub(super) fn encode(secrets: &Secrets) -> Zeroizing<Vec<u8>> {
    let values = secrets.values.iter().map(|(name, value)| (name.as_str(), value.expose_secret()));
    let plain = Plain { values: values.collect(), expires_at: secrets.expires_at };
    // Room for every character escaped: a text that grew would leave copies behind.
    let room: usize = plain.values.iter().map(|(name, value)| 6 * (name.len() + value.len()) + 8).sum();
    let mut text = Zeroizing::new(Vec::with_capacity(room + 128));
    serde_json::to_writer(&mut *text, &plain).expect("texts and times become JSON");
    text
}

pub(super) fn decode(text: &[u8]) -> Result<Secrets, VaultError> {
    let opened: Opened = serde_json::from_slice(text).map_err(|_| VaultError::NotAuthentic)?;
    let values = opened.values.into_iter().map(|(name, value)| (name, SecretString::from(value)));
    Ok(Secrets { values: values.collect(), expires_at: opened.expires_at })
}
