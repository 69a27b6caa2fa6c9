//! JSON bodies: at most 1 MiB, no U+0000, no field that the command does not have.

use std::error::Error as _;

use axum::Json;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_LENGTH;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::problem::Problem;

/// Bytes a JSON body, or a line of a batch, may have.
pub(crate) const BODY_LIMIT: usize = 1 << 20;

/// A command's body.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        read(&bytes(request).await?).map(Self)
    }
}

/// A body that may be left out.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct MaybeBody<T>(pub T);

impl<T: DeserializeOwned + Default, S: Sync> FromRequest<S> for MaybeBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let bytes = bytes(request).await?;
        if bytes.is_empty() { Ok(Self::default()) } else { read(&bytes).map(Self) }
    }
}

async fn bytes(request: Request) -> Result<axum::body::Bytes, Problem> {
    let told = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if told.is_some_and(|length: usize| length > BODY_LIMIT) {
        return Err(too_large());
    }
    axum::body::to_bytes(request.into_body(), BODY_LIMIT).await.map_err(|_| too_large())
}

/// The refusal of a body that is too large.
pub(crate) fn too_large() -> Problem {
    let detail = "the body has more than 1 MiB: split it, or send records as NDJSON to …/batch";
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail).about("body")
}

/// Reads JSON, or says which field cannot be used and why.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    check_nul(bytes)?;
    Json::<T>::from_bytes(bytes).map(|Json(value)| value).map_err(|rejection| {
        let reason = rejection.source().map_or_else(|| rejection.body_text(), ToString::to_string);
        if rejection.status() == StatusCode::UNPROCESSABLE_ENTITY {
            misfit(&reason)
        } else {
            not_json(&reason)
        }
    })
}

fn not_json(reason: &str) -> Problem {
    let detail = format!("the body is not JSON ({}): send a JSON object", place(reason));
    Problem::new(StatusCode::BAD_REQUEST, "body_not_json", detail).about("body")
}

/// JSON, but not the command's: `path: reason at line 1 column 2`.
fn misfit(reason: &str) -> Problem {
    let (path, message) = match reason.split_once(": ") {
        Some((path, message)) if !path.contains(' ') && path != "." => (Some(path), message),
        Some((".", message)) => (None, message),
        _ => (None, reason),
    };
    let message = message.split(" at line ").next().unwrap_or(message);
    let named = quoted(message).filter(|_| {
        ["unknown field", "missing field", "duplicate field"].iter().any(|start| message.starts_with(start))
    });
    let field = match (path, named) {
        (Some(path), Some(named)) if path != named && !path.ends_with(&format!(".{named}")) => {
            format!("{path}.{named}")
        }
        (Some(path), _) => path.to_owned(),
        (None, Some(named)) => named.to_owned(),
        (None, None) => "body".to_owned(),
    };
    let code = if message.starts_with("unknown field") { "unknown_field" } else { "invalid_field" };
    let hint = if code == "unknown_field" { ": remove it or correct its name" } else { "" };
    Problem::invalid(&field, format!("{message}{hint}")).named(code)
}

fn quoted(message: &str) -> Option<&str> {
    message.split('`').nth(1)
}

/// Where JSON ends to be JSON, without the text itself.
fn place(reason: &str) -> &str {
    reason.rsplit(": ").next().unwrap_or(reason)
}

/// U+0000 is text that databases cannot keep.
fn check_nul(bytes: &[u8]) -> Result<(), Problem> {
    let escaped = bytes.windows(6).any(|window| window == b"\\u0000");
    if !escaped {
        return Ok(());
    }
    let found = serde_json::from_slice::<Value>(bytes).ok().and_then(|value| nul(&value, String::new()));
    match found {
        Some(field) => {
            Err(Problem::invalid(&field, format!("{field} contains U+0000: remove that character"))
                .named("nul_character"))
        }
        None => Ok(()),
    }
}

/// The path of the first text or name with U+0000.
fn nul(value: &Value, path: String) -> Option<String> {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::String(text) => {
            text.contains('\0').then(|| if path.is_empty() { "body".to_owned() } else { path })
        }
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(index, item)| nul(item, format!("{path}[{index}]")))
        }
        Value::Object(members) => members.iter().find_map(|(name, member)| {
            let path = below(&name.replace('\0', ""));
            if name.contains('\0') { Some(path) } else { nul(member, path) }
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}
