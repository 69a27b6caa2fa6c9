//! Conditional requests (fact sheet, "Idempotency & optimistic concurrency").

use crate::kit::clock::{http_date, parse_http_date};
use crate::salesforce::call::Call;
use crate::salesforce::kind::Kind;
use crate::salesforce::refusal::Refusal;
use crate::salesforce::store::Version;

/// The version of an account; no other object has one.
pub(super) fn etag(kind: Kind, id: &str, version: &Version) -> Option<String> {
    (kind == Kind::Account).then(|| format!("\"{id}{:x}\"", version.modified_ms / 1000))
}

/// `Last-Modified`.
pub(super) fn last_modified(version: &Version) -> String {
    http_date(version.modified_ms)
}

fn time(call: &Call, header: &str) -> Result<Option<i64>, Refusal> {
    let text = call.header(header);
    if text.is_empty() {
        return Ok(None);
    }
    let malformed = || Refusal::bad("INVALID_HEADER_TYPE", format!("{header} is no HTTP date: {text}"));
    parse_http_date(text).map(Some).ok_or_else(malformed)
}

fn names(list: &str, etag: &str) -> bool {
    list.split(',').map(str::trim).any(|own| own == "*" || own.trim_start_matches("W/") == etag)
}

/// Whether a change may be done: `If-Unmodified-Since`, and for accounts `If-Match`.
pub(super) fn may_change(call: &Call, (kind, id): (Kind, &str), version: &Version) -> Result<(), Refusal> {
    if let Some(since_ms) = time(call, "if-unmodified-since")?
        && version.modified_ms > since_ms
    {
        return Err(Refusal::stale());
    }
    let wanted = call.header("if-match");
    match etag(kind, id, version) {
        Some(own) if !wanted.is_empty() && !names(wanted, &own) => Err(Refusal::stale()),
        _ => Ok(()),
    }
}

/// Whether a read may answer 304: `If-Modified-Since`, and for accounts `If-None-Match`.
pub(super) fn is_known(call: &Call, (kind, id): (Kind, &str), version: &Version) -> Result<bool, Refusal> {
    let wanted = call.header("if-none-match");
    if let Some(own) = etag(kind, id, version)
        && !wanted.is_empty()
    {
        return Ok(names(wanted, &own));
    }
    Ok(time(call, "if-modified-since")?.is_some_and(|since_ms| version.modified_ms <= since_ms))
}
