//! One request under `/api.xro/2.0/`: taken apart, and let in or not.

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Uri};

use super::kind::Kind;
use super::refusal::{Refusal, problem};
use super::routes::App;
use crate::kit::clock::{parse_http_date, parse_rfc3339, parse_zoneless};
use crate::kit::consent::{bearer, header_text};
use crate::kit::replays::question;
use crate::kit::{Answer, Params};

/// A request with its parts taken apart.
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) path: Vec<String>,
    pub(super) params: Params,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    text: String,
}

impl Call {
    pub(super) fn new(method: Method, uri: &Uri, headers: HeaderMap, body: Bytes) -> Self {
        let decode = |part: &str| {
            Params::parse(format!("p={}", part.replace('+', "%2B")).as_bytes()).get("p").to_owned()
        };
        Self {
            path: uri.path().trim_end_matches('/').split('/').skip(3).map(decode).collect(),
            params: Params::parse(uri.query().unwrap_or_default().as_bytes()),
            text: uri.to_string(),
            method,
            headers,
            body,
        }
    }

    pub(super) fn tenant(&self) -> &str {
        header_text(&self.headers, "xero-tenant-id")
    }

    pub(super) fn kind(&self) -> Option<Kind> {
        let first = self.path.first()?;
        Kind::named(first).filter(|kind| kind.path() == first)
    }

    pub(super) fn is_write(&self) -> bool {
        self.method != Method::GET
    }

    /// How the request is counted.
    pub(super) fn label(&self) -> String {
        let first = self.path.first().map_or("", String::as_str);
        format!("{} {first}", self.method)
    }

    /// What makes two requests the same.
    pub(super) fn question(&self) -> u64 {
        question((self.method.as_str(), &self.text, &self.body))
    }

    /// The idempotency key, where the provider looks at it.
    pub(super) fn key(&self) -> Option<&str> {
        let writes = matches!(self.method, Method::PUT | Method::POST);
        let key = header_text(&self.headers, "idempotency-key");
        (writes && !key.is_empty()).then_some(key)
    }

    /// `If-Modified-Since` as an ISO time in UTC or an HTTP date.
    pub(super) fn since_ms(&self) -> Result<Option<i64>, Refusal> {
        let text = header_text(&self.headers, "if-modified-since");
        if text.is_empty() {
            return Ok(None);
        }
        let ms = parse_zoneless(text).or_else(|| parse_rfc3339(text)).or_else(|| parse_http_date(text));
        let ms = ms.ok_or_else(|| Refusal::Precondition(format!("If-Modified-Since '{text}' is no time")))?;
        Ok(Some(ms))
    }
}

/// Token, tenant, scope, limits, representation, in this order.
pub(super) fn guard(app: &App, call: &Call, has_place: bool) -> Result<(), Answer> {
    if let Some(refused) = super::identity::unauthorized(app, &call.headers) {
        return Err(refused);
    }
    if !app.people().is_connected(call.tenant()) {
        let why = "AuthenticationUnsuccessful: the app is not connected to this tenant";
        return Err(problem(403, "Forbidden", why, &app.instance()));
    }
    let now_ms = app.clock.now_ms();
    if !has_place {
        return Err(app.throttled("concurrent", 1));
    }
    if let Err((limit, seconds)) = app.meters().admit(call.tenant(), now_ms) {
        return Err(app.throttled(limit, seconds));
    }
    if !is_allowed(app, call, now_ms) {
        return Err(problem(
            403,
            "Forbidden",
            "AuthorizationUnsuccessful: insufficient scope",
            &app.instance(),
        ));
    }
    representation(call).map_err(|refusal| app.refused(&refusal))
}

fn is_allowed(app: &App, call: &Call, now_ms: i64) -> bool {
    let Some(kind) = call.kind() else { return true };
    let people = app.people();
    let Some(Ok(grant)) = bearer(&call.headers).map(|token| people.grants.check(token, now_ms)) else {
        return false;
    };
    let (granular, broad) = kind.scope();
    [granular, broad]
        .iter()
        .any(|scope| grant.allows(scope) || (!call.is_write() && grant.allows(&format!("{scope}.read"))))
}

fn representation(call: &Call) -> Result<(), Refusal> {
    if !header_text(&call.headers, "accept").contains("application/json") {
        return Err(Refusal::not_modelled("XML, the default representation: send Accept: application/json"));
    }
    let sends = call.is_write() && !call.body.is_empty();
    if sends && !header_text(&call.headers, "content-type").starts_with("application/json") {
        return Err(Refusal::Malformed(
            "Content-Type must be application/json: the body was read as XML".into(),
        ));
    }
    Ok(())
}
