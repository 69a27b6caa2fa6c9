//! One request to the API: who asks, how often, for what.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use serde_json::{Value, json};

use super::app::{App, Limit};
use super::problem::Problem;
use super::properties::kind_of;
use super::{associations, batch, definitions, objects, search};
use crate::kit::consent::{bearer, header_text};
use crate::kit::faulty::under;
use crate::kit::grants::Why;
use crate::kit::{Answer, Params};

/// Date-based versions that exist.
const DATED: [&str; 2] = ["2026-03", "2026-09"];

/// A request with its parts taken apart.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    /// `objects`, `properties`, `owners`, `associations`, `account`; empty for anything else.
    area: &'static str,
    /// What follows the area.
    pub(crate) parts: Vec<String>,
    pub(crate) params: Params,
    pub(crate) body: Value,
    /// Whether a body is there that cannot be read.
    unreadable: bool,
    token: Option<String>,
}

impl Call {
    fn new(method: Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Self {
        let (area, parts) = place(uri.path());
        let read: Option<Value> =
            if body.is_empty() { Some(Value::Null) } else { serde_json::from_slice(body).ok() };
        let is_json = body.is_empty() || header_text(headers, "content-type").starts_with("application/json");
        Self {
            method,
            path: uri.path().to_owned(),
            area,
            parts,
            params: Params::parse(uri.query().unwrap_or_default().as_bytes()),
            unreadable: read.is_none() || !is_json,
            body: read.unwrap_or_default(),
            token: bearer(headers).map(str::to_owned),
        }
    }

    fn last(&self) -> &str {
        self.parts.last().map(String::as_str).unwrap_or_default()
    }

    fn is_search(&self) -> bool {
        self.area == "objects" && self.last() == "search"
    }

    /// Whether it can change something.
    fn is_write(&self) -> bool {
        self.method != Method::GET && !matches!(self.last(), "search" | "read")
    }

    fn label(&self) -> String {
        let kind = self.parts.first().map(String::as_str).unwrap_or_default();
        match self.last() {
            verb @ ("search" | "read" | "create" | "update" | "upsert" | "archive" | "merge") => {
                format!("{verb} {kind}")
            }
            _ => format!("{} {kind}", self.method),
        }
    }
}

/// The area and the rest of a path, for both ways of writing versions.
fn place(path: &str) -> (&'static str, Vec<String>) {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let (area, rest) = match parts.as_slice() {
        ["crm", "v3", "objects", rest @ ..] => ("objects", rest),
        ["crm", "objects", version, rest @ ..] if DATED.contains(version) => ("objects", rest),
        ["crm", "v3", "properties", rest @ ..] => ("properties", rest),
        ["crm", "properties", version, rest @ ..] if DATED.contains(version) => ("properties", rest),
        ["crm", "v3", "owners", rest @ ..] => ("owners", rest),
        ["crm", "v4", rest @ ..] => ("associations", rest),
        ["account-info", "v3", "details"] => ("account", &[][..]),
        _ => ("", &[][..]),
    };
    let rest = rest.iter().map(|part| percent_decoded(part));
    (area, rest.collect())
}

fn percent_decoded(part: &str) -> String {
    // A query parser undoes the escapes; a plus sign means itself in a path.
    let text = format!("x={}", part.replace('+', "%2B").replace('&', "%26"));
    Params::parse(text.as_bytes()).get("x").to_owned()
}

/// Everything that is not OAuth, webhook settings or steering.
pub(crate) async fn api(
    State(app): State<Arc<App>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = Call::new(method, &uri, &headers, &body);
    app.tally.request(&call.label());
    let fault = if call.is_write() { app.faults.next_write() } else { app.faults.next() };
    let shape = |status| faulty(&app, status).into_response();
    let commit = async {
        let answer = admitted(&app, &call).unwrap_or_else(|problem| app.refused(&problem));
        let answer = if call.is_search() { answer } else { app.with_limits(answer, call.token.as_deref()) };
        answer.into_response()
    };
    under((&app.faults, &app.tally), fault, shape, commit).await
}

fn faulty(app: &App, status: u16) -> Answer {
    if status != 429 {
        let message = "An error occurred while processing the request";
        return app.refused(&Problem::new(status, "INTERNAL_ERROR", message));
    }
    let answer = limited(app, Limit::TenSeconds);
    match app.faults.plan().retry_after_s {
        Some(seconds) => answer.with("retry-after", seconds.to_string()),
        None => answer,
    }
}

/// 429 with the policy that was broken.
fn limited(app: &App, limit: Limit) -> Answer {
    let (policy, words) = match limit {
        Limit::Second => ("SECONDLY", "secondly"),
        Limit::TenSeconds => ("TEN_SECONDLY_ROLLING", "ten_secondly_rolling"),
        Limit::Day => ("DAILY", "daily"),
    };
    let body = json!({
        "status": "error", "message": format!("You have reached your {words} limit."), "errorType": "RATE_LIMIT",
        "correlationId": app.correlation_id(), "policyName": policy, "category": "RATE_LIMITS",
    });
    Answer::json(429, &body)
}

/// Token, migration and limits, in this order; then the request itself.
fn admitted(app: &App, call: &Call) -> Result<Answer, Problem> {
    let scopes = authenticated(app, call)?;
    if let Some(seconds) = *app.migrating() {
        let body = json!({"status": "error", "message": "The account is being moved", "category": "MIGRATION_IN_PROGRESS"});
        return Ok(Answer::json(477, &body).with("retry-after", seconds.to_string()));
    }
    if let Err(limit) = app.admit(call.is_search(), call.token.as_deref()) {
        app.tally.note("throttled");
        return Ok(limited(app, limit));
    }
    if call.unreadable {
        return Err(Problem::invalid("Invalid input JSON: the body could not be read"));
    }
    permitted(call, &scopes)?;
    answered(app, call)
}

fn authenticated(app: &App, call: &Call) -> Result<Vec<String>, Problem> {
    let token = call.token.as_deref().unwrap_or_default();
    if token == app.config.private_app_token {
        return Ok(vec!["*".to_owned()]);
    }
    let now_ms = app.clock.now_ms();
    app.grants().check(token, now_ms).map(|grant| grant.scopes.clone()).map_err(|why| {
        app.tally.note("unauthorized");
        match why {
            Why::Expired => {
                Problem::new(401, "EXPIRED_AUTHENTICATION", "The OAuth token used to make this call expired.")
            }
            _ => Problem::new(
                401,
                "INVALID_AUTHENTICATION",
                "Authentication credentials not found or not valid.",
            ),
        }
    })
}

/// The granular scope of a kind (fact sheet, "Auth"); tickets have one of their own.
fn permitted(call: &Call, scopes: &[String]) -> Result<(), Problem> {
    let kind = call.parts.first().and_then(|name| kind_of(name));
    let verb = if call.is_write() { "write" } else { "read" };
    let wanted = match (call.area, kind) {
        ("objects", Some(kind)) if kind.name == "tickets" => "tickets".to_owned(),
        ("objects", Some(kind)) => format!("crm.objects.{}.{verb}", kind.name),
        ("properties", Some(kind)) if kind.name == "tickets" => "tickets".to_owned(),
        ("properties", Some(kind)) => format!("crm.schemas.{}.{verb}", kind.name),
        ("owners", _) => "crm.objects.owners.read".to_owned(),
        _ => return Ok(()),
    };
    if scopes.iter().any(|own| *own == wanted || own == "*") {
        return Ok(());
    }
    let message = "This app hasn't been granted all required scopes to make this call.";
    Err(Problem::new(403, "MISSING_SCOPES", message).with("requiredGranularScopes", &[&wanted]))
}

fn answered(app: &App, call: &Call) -> Result<Answer, Problem> {
    let mut portal = app.portal();
    let plain = |(status, body): (u16, Value)| match status {
        204 => Answer::empty(204),
        _ => Answer::json(status, &body),
    };
    let answer = match call.area {
        "objects" => object(app, &mut portal, call),
        "properties" => definitions::properties(&mut portal, call).map(plain),
        "associations" => associations::answer(&mut portal, call).map(plain),
        "owners" => definitions::owners(call).map(plain),
        "account" => Ok(Answer::json(200, &app.account())),
        _ => Err(Problem::left_out(format!("{} {}", call.method, call.path))),
    };
    app.publish(&mut portal);
    answer
}

fn object(app: &App, portal: &mut super::portal::Portal, call: &Call) -> Result<Answer, Problem> {
    let left_out = || Problem::left_out(format!("{} {}", call.method, call.path));
    let parts: Vec<&str> = call.parts.iter().map(String::as_str).collect();
    let kind = parts.first().and_then(|name| kind_of(name)).ok_or_else(left_out)?;
    if call.params.opt("propertiesWithHistory").is_some() {
        return Err(Problem::left_out("propertiesWithHistory"));
    }
    let id_property = call.params.get("idProperty");
    let (status, body) = match (call.method.as_str(), parts.get(1..).unwrap_or_default()) {
        ("GET", []) => (200, objects::list(portal, kind, call)?),
        ("POST", []) => (201, objects::post(portal, kind, &call.body)?),
        ("POST", ["search"]) => (200, search::run(portal, kind, &call.body, app.lag_ms())?),
        ("POST", ["merge"]) => (200, objects::merge(portal, kind, &call.body)?),
        ("POST", ["gdpr-delete"]) => {
            objects::gdpr_delete(portal, kind, &call.body)?;
            return Ok(Answer::empty(204));
        }
        ("POST", ["batch", verb]) => return batch::run(portal, kind, verb, &call.body),
        ("GET", [id]) => (200, objects::get(portal, kind, id, call)?),
        ("PATCH", [id]) => (200, objects::patch(portal, kind, (id, id_property), &call.body)?),
        ("DELETE", [id]) => {
            // Archiving what is not there succeeds too.
            if let Ok(id) = objects::found(portal, kind, id, "") {
                portal.archive(kind, id, objects::Hand::App);
            }
            return Ok(Answer::empty(204));
        }
        _ => return Err(left_out()),
    };
    Ok(Answer::json(status, &body))
}
