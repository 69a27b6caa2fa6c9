//! A JWT over the digest of the body, its key fetched by its id.

use application::ports::connector::WebhookRejection;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use chrono::DateTime;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::keys::KeyCache;
use super::over::{Told, filled};
use super::signature::within;
use super::verify::Delivery;
use crate::connectors::interpreter::jwt::{self, Parsed};
use crate::connectors::manifest::Signature;

/// Checks the token, how old it is, and that it is about this body.
pub(super) async fn check(
    delivery: &Delivery<'_>,
    described: &Signature,
    keys: &KeyCache,
) -> Result<(), WebhookRejection> {
    let wrong = || WebhookRejection::WrongSignature;
    let (Some(header), Some(algorithm), Some(from)) =
        (&described.header, described.algorithm, &described.keys)
    else {
        return Err(WebhookRejection::Unsupported);
    };
    let given = delivery.header(header).ok_or(WebhookRejection::MissingSignature)?;
    let token = jwt::parse(given.strip_prefix(&described.prefix).unwrap_or(given)).map_err(|_| wrong())?;
    // What is cheap comes first: a key is fetched only for a token that fits otherwise.
    token.check_algorithm(algorithm).map_err(|_| wrong())?;
    about_body(delivery, described, &token)?;
    claims(delivery, described, &token)?;
    fresh(delivery, described, &token)?;
    let key_id = token.key_id().ok_or_else(wrong)?;
    let key = keys.key(delivery, from, key_id).await?;
    token.verify(algorithm, &key).map_err(|_| wrong())
}

fn about_body(
    delivery: &Delivery<'_>,
    described: &Signature,
    token: &Parsed,
) -> Result<(), WebhookRejection> {
    let Some(claim) = &described.body_sha256 else { return Ok(()) };
    let given = token.claim(claim).and_then(Value::as_str).unwrap_or_default();
    let digest = hex::encode(Sha256::digest(&delivery.call.body));
    verify_slices_are_equal(digest.as_bytes(), given.as_bytes()).map_err(|_| WebhookRejection::WrongSignature)
}

fn claims(delivery: &Delivery<'_>, described: &Signature, token: &Parsed) -> Result<(), WebhookRejection> {
    let told = Told { timestamp: None, url_decode: "" };
    for (name, wanted) in &described.claims {
        let wanted = filled(wanted, delivery, &told).unwrap_or_default();
        let given = token.claim(name).and_then(Value::as_str).unwrap_or_default();
        if wanted.is_empty() || given.as_bytes() != wanted {
            return Err(WebhookRejection::WrongSignature);
        }
    }
    Ok(())
}

fn fresh(delivery: &Delivery<'_>, described: &Signature, token: &Parsed) -> Result<(), WebhookRejection> {
    let Some(tolerance) = described.tolerance_s else { return Ok(()) };
    let issued = token.claim("iat").and_then(Value::as_i64).and_then(|at| DateTime::from_timestamp(at, 0));
    within(issued.ok_or(WebhookRejection::Replayed)?, delivery.now, tolerance)
}
