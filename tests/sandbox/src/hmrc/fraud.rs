//! Fraud prevention headers (fact sheet, "Base URL & required headers").

use axum::http::HeaderMap;
use serde_json::{Value, json};

use crate::kit::Answer;
use crate::kit::consent::header_text;

/// What each connection method sends. Headers whose value cannot be collected may be left out where HMRC agreed; the
/// ones here are those that software can always know.
const BATCH: &[&str] = &[
    "Gov-Client-Device-ID",
    "Gov-Client-Local-IPs",
    "Gov-Client-Local-IPs-Timestamp",
    "Gov-Client-MAC-Addresses",
    "Gov-Client-Timezone",
    "Gov-Client-User-Agent",
    "Gov-Client-User-IDs",
    "Gov-Vendor-License-IDs",
    "Gov-Vendor-Product-Name",
    "Gov-Vendor-Version",
];
const WEB: &[&str] = &[
    "Gov-Client-Browser-JS-User-Agent",
    "Gov-Client-Device-ID",
    "Gov-Client-Public-IP",
    "Gov-Client-Public-IP-Timestamp",
    "Gov-Client-Public-Port",
    "Gov-Client-Screens",
    "Gov-Client-Timezone",
    "Gov-Client-User-IDs",
    "Gov-Client-Window-Size",
    "Gov-Vendor-Forwarded",
    "Gov-Vendor-Product-Name",
    "Gov-Vendor-Public-IP",
    "Gov-Vendor-Version",
];

/// What is wrong with the headers of a request.
pub(super) fn problems(headers: &HeaderMap) -> Vec<String> {
    let method = header_text(headers, "Gov-Client-Connection-Method");
    let wanted = match method {
        "BATCH_PROCESS_DIRECT" => BATCH,
        "WEB_APP_VIA_SERVER" => WEB,
        "OTHER_VIA_SERVER" => &WEB[1..4],
        _ => return vec!["Gov-Client-Connection-Method".to_owned()],
    };
    let missing = wanted.iter().filter(|name| header_text(headers, name).is_empty());
    let stamps = ["Gov-Client-Local-IPs-Timestamp", "Gov-Client-Public-IP-Timestamp"];
    let wrong = stamps.iter().filter(|name| {
        let text = header_text(headers, name);
        // yyyy-MM-ddThh:mm:ss.sssZ
        let is_right = text.len() == 24 && text.ends_with('Z') && text.as_bytes()[19] == b'.';
        !text.is_empty() && !is_right
    });
    missing.chain(wrong).map(|name| (*name).to_owned()).collect()
}

/// `GET /test/fraud-prevention-headers/validate`.
pub(super) fn validate(headers: &HeaderMap) -> Answer {
    let problems = problems(headers);
    let errors: Vec<Value> = problems
        .iter()
        .map(|name| json!({"code": "MISSING_HEADER", "message": name, "headers": [name]}))
        .collect();
    let code = if errors.is_empty() { "VALID_HEADERS" } else { "INVALID_HEADERS" };
    Answer::json(200, &json!({"specVersion": "3.3", "code": code, "message": code, "errors": errors}))
}
