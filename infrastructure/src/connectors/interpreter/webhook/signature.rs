//! HMAC signatures (RFC 2104), in constant time, under each secret that is in force.

use application::ports::connector::WebhookRejection;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};

use super::over::{Told, filled};
use super::verify::Delivery;
use crate::connectors::manifest::{
    HmacKind, KeyText, Over, OverPart, Signature, SignatureEncoding, TimestampUnit, Webhooks,
};

/// Most signatures of one header that are tried.
const MOST: usize = 16;

/// What the headers say.
struct Given<'d> {
    signatures: Vec<&'d str>,
    timestamp: Option<&'d str>,
}

/// Checks the signature, then how old it is.
pub(super) fn check(delivery: &Delivery<'_>, webhooks: &Webhooks) -> Result<(), WebhookRejection> {
    let described = &webhooks.signature;
    let given = given(delivery, described).ok_or(WebhookRejection::MissingSignature)?;
    let secrets = delivery.signing(webhooks)?;
    let raw = Over(vec![OverPart::Body]);
    let told = Told { timestamp: given.timestamp, url_decode: &described.url_decode };
    let message = filled(described.over.as_ref().unwrap_or(&raw), delivery, &told);
    let message = message.ok_or(WebhookRejection::MissingSignature)?;
    let encoding = described.encoding.unwrap_or(SignatureEncoding::Hex);
    let tags: Vec<Vec<u8>> = given
        .signatures
        .iter()
        .filter_map(|text| decoded(text.strip_prefix(&described.prefix)?, encoding))
        .take(MOST)
        .collect();
    let fits = |secret: &SecretString| {
        let Some(key) = key(&described.key, secret) else { return false };
        let key = hmac::Key::new(algorithm(described.hash), &key);
        tags.iter().any(|tag| hmac::verify(&key, &message, tag).is_ok())
    };
    if !secrets.into_iter().any(fits) {
        return Err(WebhookRejection::WrongSignature);
    }
    fresh(described, given.timestamp, delivery.now)
}

fn given<'d>(delivery: &Delivery<'d>, described: &Signature) -> Option<Given<'d>> {
    let header = delivery.header(described.header.as_deref()?)?;
    let apart = described.timestamp.as_ref().and_then(|timestamp| delivery.header(&timestamp.header));
    let Some(pairs) = &described.pairs else {
        let signatures = match &described.separator {
            Some(separator) => header.split(separator.as_str()).collect(),
            None => vec![header],
        };
        return Some(Given { signatures, timestamp: apart });
    };
    let parts: Vec<(&'d str, &'d str)> =
        header.split(',').filter_map(|part| part.trim().split_once('=')).collect();
    let named = |wanted: &str| -> Vec<&'d str> {
        parts.iter().filter(|(name, _)| *name == wanted).map(|(_, value)| *value).collect()
    };
    let signatures = named(&pairs.signature);
    let timestamp = pairs.timestamp.as_ref().and_then(|name| named(name).first().copied()).or(apart);
    (!signatures.is_empty()).then_some(Given { signatures, timestamp })
}

/// Refuses what was sent too long ago, or in the future.
pub(super) fn fresh(
    described: &Signature,
    timestamp: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), WebhookRejection> {
    let Some(tolerance) = described.tolerance_s else { return Ok(()) };
    let unit = described.timestamp.as_ref().map(|timestamp| timestamp.unit).unwrap_or_default();
    let sent = timestamp.and_then(|text| moment(text, unit)).ok_or(WebhookRejection::MissingSignature)?;
    within(sent, now, tolerance)
}

/// Whether a moment is close enough to now.
pub(super) fn within(
    sent: DateTime<Utc>,
    now: DateTime<Utc>,
    tolerance_s: u64,
) -> Result<(), WebhookRejection> {
    let tolerance =
        i64::try_from(tolerance_s).ok().and_then(TimeDelta::try_seconds).unwrap_or(TimeDelta::MAX);
    if (now - sent).abs() <= tolerance { Ok(()) } else { Err(WebhookRejection::Replayed) }
}

fn moment(text: &str, unit: TimestampUnit) -> Option<DateTime<Utc>> {
    match unit {
        TimestampUnit::S => DateTime::from_timestamp(text.parse().ok()?, 0),
        TimestampUnit::Ms => DateTime::from_timestamp_millis(text.parse().ok()?),
        TimestampUnit::Rfc3339 => DateTime::parse_from_rfc3339(text).ok().map(|at| at.with_timezone(&Utc)),
    }
}

fn key(described: &KeyText, secret: &SecretString) -> Option<Vec<u8>> {
    let text = secret.expose_secret();
    let text = text.strip_prefix(&described.strip).unwrap_or(text);
    match described.encoding {
        None => Some(text.as_bytes().to_vec()),
        Some(encoding) => decoded(text, encoding),
    }
}

/// Bytes written as text.
pub(super) fn decoded(text: &str, encoding: SignatureEncoding) -> Option<Vec<u8>> {
    match encoding {
        SignatureEncoding::Hex => hex::decode(text).ok(),
        SignatureEncoding::Base64 => {
            BASE64_STANDARD.decode(text).or_else(|_| BASE64_STANDARD_NO_PAD.decode(text)).ok()
        }
    }
}

fn algorithm(hash: HmacKind) -> hmac::Algorithm {
    match hash {
        HmacKind::Sha256 => hmac::HMAC_SHA256,
        HmacKind::Sha512 => hmac::HMAC_SHA512,
        HmacKind::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
    }
}
