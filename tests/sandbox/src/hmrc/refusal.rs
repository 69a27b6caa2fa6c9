//! Refusals in HMRC's words (fact sheet, "Errors").

use serde_json::{Value, json};

use crate::kit::Answer;

/// A refusal with one code.
pub(super) fn refused(status: u16, code: &str, message: &str) -> Answer {
    Answer::json(status, &json!({"code": code, "message": message}))
}

/// 400 or 403 about members of the body.
pub(super) fn business(errors: &[(&str, &str)]) -> Answer {
    let errors: Vec<Value> =
        errors.iter().map(|(code, path)| json!({"code": code, "message": code, "path": path})).collect();
    Answer::json(400, &json!({"code": "INVALID_REQUEST", "message": "Invalid request", "errors": errors}))
}

/// 403 about a rule, as the description shows it for submissions.
pub(super) fn forbidden(code: &str, message: &str) -> Answer {
    refused(403, code, message)
}

/// 404: nothing for the window.
pub(super) fn nothing() -> Answer {
    refused(404, "NOT_FOUND", "The remote endpoint has indicated that no data can be found.")
}

/// 401.
pub(super) fn unauthorized(code: &str) -> Answer {
    refused(401, code, "Invalid Authentication information provided.")
}

/// 406: the version is not named.
pub(super) fn accept_header() -> Answer {
    refused(406, "ACCEPT_HEADER_INVALID", "The accept header is missing or invalid.")
}

/// 429.
pub(super) fn throttled() -> Answer {
    refused(
        429,
        "MESSAGE_THROTTLED_OUT",
        "The request for the API is throttled as you have exceeded your quota.",
    )
}

/// 500.
pub(super) fn server_error() -> Answer {
    refused(500, "INTERNAL_SERVER_ERROR", "Internal server error")
}

/// 501: not modelled here.
pub(super) fn not_modelled(what: &str) -> Answer {
    refused(501, "NOT_MODELLED", &format!("the simulator does not model {what}"))
}
