//! What the browser brings back.

use std::collections::BTreeMap;

use application::ports::connector::CallError;
use application::ports::credentials::Secrets;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use domain::value::ErrorClass;

use super::answer::plain;
use super::at::{At, app_secret};
use crate::connectors::interpreter::call::refused;
use crate::connectors::manifest::{CallbackHmac, SignatureEncoding, encoded};

/// The code; what the provider refused is said.
pub(super) fn code(callback: &BTreeMap<String, String>) -> Result<&str, CallError> {
    if let Some(error) = callback.get("error") {
        let message = format!("the authorization was not given: {}", plain(error));
        return Err(refused(ErrorClass::Permission, message));
    }
    let code = callback.get("code").map(String::as_str);
    code.ok_or_else(|| refused(ErrorClass::Validation, "the callback has no `code`"))
}

/// Checks the HMAC over the redirect's parameters, where the provider makes one.
pub(super) fn check(
    at: &At<'_>,
    app: &Secrets,
    callback: &BTreeMap<String, String>,
) -> Result<(), CallError> {
    let Some(described) = &at.oauth2.callback_hmac else { return Ok(()) };
    let forged = || refused(ErrorClass::Permission, "the callback is not signed by the provider");
    let given = callback.get(&described.parameter).ok_or_else(forged)?;
    let given = match described.encoding {
        SignatureEncoding::Hex => hex::decode(given).ok(),
        SignatureEncoding::Base64 => BASE64_STANDARD.decode(given).ok(),
    };
    let key = hmac::Key::new(hmac::HMAC_SHA256, app_secret(app, &described.secret)?.as_bytes());
    let signed = signed(described, callback);
    hmac::verify(&key, signed.as_bytes(), &given.ok_or_else(forged)?).map_err(|_| forged())?;
    fresh(at, described, callback)
}

/// Every other parameter, sorted by name, percent-encoded, as `name=value` joined with `&`.
fn signed(described: &CallbackHmac, callback: &BTreeMap<String, String>) -> String {
    let left_out = |name: &str| name == described.parameter || described.ignore.iter().any(|one| one == name);
    let pairs = callback.iter().filter(|(name, _)| !left_out(name));
    let pairs = pairs.map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}

fn fresh(
    at: &At<'_>,
    described: &CallbackHmac,
    callback: &BTreeMap<String, String>,
) -> Result<(), CallError> {
    let (Some(parameter), Some(tolerance)) = (&described.timestamp, described.tolerance_s) else {
        return Ok(());
    };
    let made: Option<i64> = callback.get(parameter).and_then(|text| text.parse().ok());
    let now = at.services.clock.now().timestamp();
    match made {
        Some(made) if now.abs_diff(made) <= tolerance => Ok(()),
        _ => Err(refused(ErrorClass::Permission, "the callback is too old: start connecting again")),
    }
}
