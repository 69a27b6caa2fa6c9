//! OAuth 1.0a requests signed with HMAC-SHA256 (RFC 5849; fact sheet, "Auth" (a)).

use std::collections::{BTreeMap, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::kit::clock::seconds_ms;
use crate::kit::consent::header_text;
use crate::kit::poster::hmac_sha256;
use crate::netsuite::call::Call;
use crate::netsuite::config::NetSuiteConfig;

/// Nonces seen, with the time they came; old ones are forgotten.
pub(in crate::netsuite) type Nonces = HashMap<String, i64>;

/// Checks everything a signed request says. The error is what the login audit trail shows.
pub(in crate::netsuite) fn verify(
    config: &NetSuiteConfig,
    nonces: &mut Nonces,
    call: &Call,
    now_ms: i64,
) -> Result<(), String> {
    let given = parameters(header_text(&call.headers, "authorization"))?;
    let text = |name: &str| given.get(name).map(String::as_str).unwrap_or_default();
    if text("realm") != config.account_id {
        return Err(format!("wrong realm '{}'", text("realm")));
    }
    if text("oauth_consumer_key") != config.consumer.0 {
        return Err("consumer_key_unknown".into());
    }
    if text("oauth_token") != config.token.0 {
        return Err("token_rejected".into());
    }
    if text("oauth_signature_method") != "HMAC-SHA256" {
        return Err("signature_method_rejected".into());
    }
    if !matches!(text("oauth_version"), "" | "1.0") {
        return Err("version_rejected".into());
    }
    let skew_ms = seconds_ms(config.timestamp_skew_s);
    let stamp_ms: i64 =
        text("oauth_timestamp").parse::<i64>().map_err(|_| "InvalidTimestamp")?.saturating_mul(1000);
    if (now_ms - stamp_ms).abs() > skew_ms {
        return Err("InvalidTimestamp".into());
    }
    let nonce = text("oauth_nonce");
    if nonce.len() < 6 {
        return Err("parameter_absent: oauth_nonce".into());
    }
    let base = base_string(call, &given);
    let wanted = signature(&base, &config.consumer.1, &config.token.1);
    if text("oauth_signature") != wanted {
        return Err("InvalidSignature".into());
    }
    nonces.retain(|_, at| (now_ms - *at).abs() <= 2 * skew_ms);
    match nonces.insert(nonce.to_owned(), now_ms) {
        None => Ok(()),
        Some(_) => Err("NonceUsed".into()),
    }
}

/// The parameters of the header, decoded; the realm as it stands.
fn parameters(header: &str) -> Result<BTreeMap<String, String>, String> {
    let list = header.strip_prefix("OAuth ").unwrap_or_default();
    let mut all = BTreeMap::new();
    for part in list.split(',') {
        let (name, value) = part.trim().split_once('=').ok_or("malformed header")?;
        let value =
            value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).ok_or("malformed header")?;
        let value = decoded(value).ok_or("malformed header")?;
        if all.insert(name.to_owned(), value).is_some() {
            return Err(format!("parameter {name} twice"));
        }
    }
    Ok(all)
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Percent-encoding of RFC 3986: only letters, digits and `-._~` stay.
pub(in crate::netsuite) fn pct(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.extend(["%".to_owned(), format!("{byte:02X}")]);
        }
    }
    encoded
}

/// Method, address without query, and all parameters sorted after encoding. The realm, the
/// signature and the body are no part of it.
fn base_string(call: &Call, given: &BTreeMap<String, String>) -> String {
    let signed = given.iter().filter(|(name, _)| !matches!(name.as_str(), "realm" | "oauth_signature"));
    let mut pairs: Vec<(String, String)> = signed.map(|(name, value)| (pct(name), pct(value))).collect();
    let query = url::form_urlencoded::parse(call.query.as_bytes());
    pairs.extend(query.map(|(name, value)| (pct(&name), pct(&value))));
    pairs.sort();
    let parameters: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    let address = format!("{}{}", call.base, call.raw_path);
    format!("{}&{}&{}", call.method, pct(&address), pct(&parameters.join("&")))
}

/// base64 of HMAC-SHA256 under both secrets.
pub(in crate::netsuite) fn signature(base: &str, consumer_secret: &str, token_secret: &str) -> String {
    let key = format!("{}&{}", pct(consumer_secret), pct(token_secret));
    STANDARD.encode(hmac_sha256(key.as_bytes(), base.as_bytes()))
}
