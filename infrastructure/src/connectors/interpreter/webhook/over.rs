//! The bytes a signature is over.

use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

use super::verify::Delivery;
use crate::connectors::manifest::{Over, OverPart};

/// What a template of a delivery may use beyond the delivery itself.
pub(super) struct Told<'t> {
    /// The timestamp, as written.
    pub(super) timestamp: Option<&'t str>,
    /// Characters whose percent escapes in the URL are undone.
    pub(super) url_decode: &'t str,
}

/// The template filled; `None` when a timestamp is wanted and there is none.
pub(super) fn filled(over: &Over, delivery: &Delivery<'_>, told: &Told<'_>) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(delivery.call.body.len() + 128);
    let body = &delivery.call.body;
    for part in &over.0 {
        match part {
            OverPart::Text(text) => bytes.extend_from_slice(text.as_bytes()),
            OverPart::Body => bytes.extend_from_slice(body),
            OverPart::BodySha256 => bytes.extend_from_slice(hex::encode(Sha256::digest(body)).as_bytes()),
            OverPart::BodyCrc32 => bytes.extend_from_slice(crc32(body).to_string().as_bytes()),
            OverPart::Method => bytes.extend_from_slice(delivery.call.method.as_bytes()),
            OverPart::Url => bytes.extend(decoded(&delivery.call.url, told.url_decode).into_bytes()),
            OverPart::Timestamp => bytes.extend_from_slice(told.timestamp?.as_bytes()),
            named => bytes.extend_from_slice(text_of(named, delivery).as_bytes()),
        }
    }
    Some(bytes)
}

fn text_of<'d>(part: &OverPart, delivery: &Delivery<'d>) -> &'d str {
    let found = match part {
        OverPart::Header(name) => delivery.header(name),
        OverPart::Query(name) => delivery.call.query.get(name).map(String::as_str),
        OverPart::Secret(name) => delivery.secret(name).map(ExposeSecret::expose_secret),
        OverPart::Setting(name) => delivery.target.settings.get(name).and_then(|value| value.as_str()),
        _ => None,
    };
    found.unwrap_or_default()
}

/// `url` with the percent escapes of these characters undone, and no others.
fn decoded(url: &str, characters: &str) -> String {
    let mut text = url.to_owned();
    for letter in characters.chars().filter(char::is_ascii) {
        let code = u32::from(letter);
        text = text.replace(&format!("%{code:02X}"), &letter.to_string());
        text = text.replace(&format!("%{code:02x}"), &letter.to_string());
    }
    text
}

/// CRC-32 as in IEEE 802.3.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}
