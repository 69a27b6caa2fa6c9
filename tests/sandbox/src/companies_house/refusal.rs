//! Refusals in the register's words (fact sheet, "Errors").

use serde_json::json;

use crate::kit::Answer;

fn refused(status: u16, error: &str) -> Answer {
    Answer::json(status, &json!({"errors": [{"error": error, "type": "ch:service"}]}))
}

/// 401: no key, a wrong one, or a password beside it.
pub(super) fn unauthorized() -> Answer {
    Answer::json(401, &json!({"error": "Invalid Authorization", "type": "ch:service"}))
}

/// 404: the company is unknown, or has none of it.
pub(super) fn not_found(what: &str) -> Answer {
    refused(404, &format!("{what}-not-found"))
}

/// 400: a parameter makes no sense.
pub(super) fn bad_parameter(name: &str) -> Answer {
    refused(400, &format!("invalid-{name}"))
}

/// 429: the window is used up. There is no `Retry-After`.
pub(super) fn too_many() -> Answer {
    Answer::empty(429)
}

/// 500: nightly maintenance, or worse.
pub(super) fn server_error() -> Answer {
    refused(500, "internal-server-error")
}

/// 501: not modelled here.
pub(super) fn not_modelled(what: &str) -> Answer {
    refused(501, &format!("the simulator does not model {what}"))
}
