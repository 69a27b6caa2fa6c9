//! Assertions of the JWT bearer flow (fact sheet, "Auth").

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::salesforce::config::SalesforceConfig;

/// How far from now an assertion may end, in seconds.
const LONGEST_S: i64 = 300;

/// Seconds clocks may differ.
const SKEW_S: i64 = 10;

const AUDIENCES: [&str; 2] = ["https://login.salesforce.com", "https://test.salesforce.com"];

/// Checks an assertion. The error is the description that comes with `invalid_grant`.
pub(super) fn check(
    config: &SalesforceConfig,
    assertion: &str,
    (own_host, now_ms): (&str, i64),
) -> Result<(), &'static str> {
    let parts: Vec<&str> = assertion.split('.').collect();
    let [header, payload, signature] = parts.as_slice() else { return Err("invalid assertion") };
    let (head, claims) = (object(header)?, object(payload)?);
    let key = config.certificate.as_ref().ok_or("no certificate is uploaded for this client")?;
    if head["alg"] != "RS256" {
        return Err("unsupported algorithm: only RS256 is taken");
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| "invalid assertion")?;
    let signed = format!("{header}.{payload}");
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key)
        .verify(signed.as_bytes(), &signature)
        .map_err(|_| "invalid assertion: the signature is wrong")?;
    claimed(config, &claims, (own_host, now_ms / 1000))
}

fn object(part: &str) -> Result<Value, &'static str> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| "invalid assertion")?;
    serde_json::from_slice(&bytes).map_err(|_| "invalid assertion")
}

fn claimed(
    config: &SalesforceConfig,
    claims: &Value,
    (own_host, now): (&str, i64),
) -> Result<(), &'static str> {
    if claims["iss"] != config.client.0.as_str() {
        return Err("invalid client credentials: iss is not the consumer key");
    }
    let audience = claims["aud"].as_str().unwrap_or_default().trim_end_matches('/');
    if !AUDIENCES.contains(&audience) && audience != own_host {
        return Err("audience is invalid");
    }
    let expires = claims["exp"].as_i64().ok_or("invalid assertion: exp is missing")?;
    if expires <= now - SKEW_S {
        return Err("expired authorization code: the assertion has expired");
    }
    if expires > now + LONGEST_S + SKEW_S {
        return Err("invalid assertion: exp is too far away");
    }
    if claims["sub"] != config.username.as_str() {
        return Err("user hasn't approved this consumer");
    }
    if config.pre_authorized { Ok(()) } else { Err("user hasn't approved this consumer") }
}
