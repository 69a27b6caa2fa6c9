//! Reading a request: which call it is, and whether its headers and body are in order.

use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header};

use super::super::app::App;
use super::super::change::Change;
use super::super::config::Idempotency;
use super::super::layout::Fields;
use super::super::problem::Problem;
use super::super::query::{ListQuery, Parameters};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A request this API models.
#[derive(Debug)]
pub(super) enum Call {
    List(String, ListQuery),
    Read(String, String),
    Write(Write),
}

/// A request that changes a record.
#[derive(Debug)]
pub(super) struct Write {
    pub(super) collection: String,
    pub(super) change: Change,
    /// Present only where keys are honoured.
    pub(super) idempotency_key: Option<String>,
}

/// Errors: 400 for a parameter, header or body out of order, 415, 428, and 501 for a path or
/// method that is not modelled.
pub(super) fn parse(
    app: &App,
    (method, uri): (&Method, &Uri),
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Call, Problem> {
    let unknown = || Problem::not_modelled(format!("{method} {} is not modelled", uri.path()));
    let mut segments = uri.path().split('/').skip(1);
    let (collection, id) = (segments.next().unwrap_or_default(), segments.next());
    if !app.knows(collection) || segments.next().is_some() || id == Some("") {
        return Err(unknown());
    }
    let query = uri.query().unwrap_or_default();
    if (method, id) == (&Method::GET, None) {
        let query = ListQuery::parse(query, &app.config)?;
        return Ok(Call::List(collection.to_owned(), query));
    }
    let change = match (method.as_str(), id) {
        ("GET", Some(id)) => {
            Parameters::parse(query, &[])?;
            return Ok(Call::Read(collection.to_owned(), id.to_owned()));
        }
        ("POST", None) => {
            no_version(headers)?;
            Change::Create(record(headers, body, false)?)
        }
        ("PUT", Some(id)) => Change::Replace {
            id: id.to_owned(),
            fields: record(headers, body, false)?,
            version: version(app, headers, true)?,
        },
        ("PATCH", Some(id)) => Change::Patch {
            id: id.to_owned(),
            patch: record(headers, body, true)?,
            version: version(app, headers, true)?,
        },
        ("DELETE", Some(id)) => Change::Delete { id: id.to_owned(), version: version(app, headers, false)? },
        _ => return Err(unknown()),
    };
    Parameters::parse(query, &[])?;
    Ok(Call::Write(Write {
        collection: collection.to_owned(),
        change,
        idempotency_key: idempotency_key(app, headers)?,
    }))
}

/// The JSON object in the body, under a content type that says so.
fn record(headers: &HeaderMap, body: &[u8], patch: bool) -> Result<Fields, Problem> {
    let given = text(headers, &header::CONTENT_TYPE)?.unwrap_or_default();
    let media = given.split(';').next().unwrap_or_default().trim();
    if media != "application/json" && !(patch && media == "application/merge-patch+json") {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(Problem::new(status, "unsupported_media_type", "the body is JSON"));
    }
    serde_json::from_slice(body).map_err(|error| Problem::bad_request("body", error.to_string()))
}

/// A new record has no version to match.
fn no_version(headers: &HeaderMap) -> Result<(), Problem> {
    if headers.contains_key(header::IF_MATCH) { Err(unsupported("If-Match")) } else { Ok(()) }
}

/// The version in `If-Match`. Errors: 428 where one is `demanded` and missing; 400 where it is
/// not a quoted integer, or where records have no versions.
fn version(app: &App, headers: &HeaderMap, demanded: bool) -> Result<Option<u32>, Problem> {
    let given = text(headers, &header::IF_MATCH)?;
    match (app.config.versions, given) {
        (true, Some(given)) => {
            let digits = given.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
            let version = digits.and_then(|digits| digits.parse().ok());
            let message = "If-Match holds one version in double quotes";
            let malformed = || Problem::bad_request("If-Match", message);
            version.map(Some).ok_or_else(malformed)
        }
        (true, None) if demanded => {
            let status = StatusCode::PRECONDITION_REQUIRED;
            Err(Problem::new(status, "version_required", "If-Match is demanded"))
        }
        (false, Some(_)) => Err(unsupported("If-Match")),
        (_, None) => Ok(None),
    }
}

fn idempotency_key(app: &App, headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let given = text(headers, &IDEMPOTENCY_KEY)?;
    match (app.config.idempotency, given) {
        (_, None) | (Idempotency::Ignored, _) => Ok(None),
        (Idempotency::Unsupported, Some(_)) => Err(unsupported("Idempotency-Key")),
        (Idempotency::Honoured, Some("")) => Err(Problem::bad_request("Idempotency-Key", "the key is empty")),
        (Idempotency::Honoured, Some(key)) => Ok(Some(key.to_owned())),
    }
}

fn unsupported(name: &str) -> Problem {
    Problem::bad_request(name, format!("this API does not take the header {name}"))
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Problem> {
    let malformed = |_| Problem::bad_request(name.as_str(), "the header is not plain text");
    headers.get(name).map(|value| value.to_str().map_err(malformed)).transpose()
}
