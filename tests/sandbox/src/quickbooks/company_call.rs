//! One request under `/v3/company/{realmId}/`: who asks, how often, for what.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Uri, header};
use serde_json::{Value, json};

use super::answer::Answer;
use super::authorize::params;
use super::clock::stamp;
use super::config::RequestIds;
use super::decimals::Object;
use super::faultbody::{Refusal, unauthorized};
use super::kind::Kind;
use super::routes::App;
use super::store::{Company, Replay, View, key_of_id};
use super::write::{Manner, Verb, envelope, perform};
use super::{batch, cdc, query};

/// The newest minor version; older and missing ones are served as this one.
const MINOR_VERSION: u32 = 75;

/// A request with its parts taken apart.
pub(crate) struct Call {
    method: Method,
    path: Vec<String>,
    params: HashMap<String, String>,
    token: Option<String>,
    accepts_json: bool,
    content_type: String,
    text: String,
    body: Bytes,
}

impl Call {
    pub(crate) fn new(method: Method, uri: &Uri, headers: &HeaderMap, body: Bytes) -> Self {
        let text_of = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let token = text_of(header::AUTHORIZATION).strip_prefix("Bearer ");
        let query = uri.query().unwrap_or_default();
        Self {
            method,
            path: uri.path().split('/').skip(3).map(str::to_owned).collect(),
            params: params(query.as_bytes()),
            token: token.map(str::to_owned),
            accepts_json: text_of(header::ACCEPT).contains("application/json"),
            content_type: text_of(header::CONTENT_TYPE).to_ascii_lowercase(),
            text: format!("{}?{query}", uri.path()),
            body,
        }
    }

    fn param(&self, name: &str) -> &str {
        self.params.get(name).map(String::as_str).unwrap_or_default()
    }

    fn segment(&self, at: usize) -> &str {
        self.path.get(at).map(String::as_str).unwrap_or_default()
    }

    fn is_batch(&self) -> bool {
        self.segment(1) == "batch"
    }

    /// Whether it can change something.
    pub(crate) fn is_write(&self) -> bool {
        self.method == Method::POST && self.segment(1) != "query"
    }

    /// How the request is counted.
    pub(crate) fn label(&self) -> String {
        match self.segment(1) {
            name @ ("query" | "cdc" | "batch") => name.to_owned(),
            entity => format!("{} {entity}", self.method),
        }
    }

    /// What makes two requests the same question.
    fn question(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.text.hash(&mut hasher);
        self.body.hash(&mut hasher);
        hasher.finish()
    }
}

/// Answers a request no fault has met.
pub(crate) fn answer(app: &App, call: &Call) -> Answer {
    let now_ms = app.clock.now_ms();
    if let Some(refused) = guard(app, call, now_ms) {
        return refused;
    }
    let answer = if call.is_write() { written(app, call) } else { read(app, call, now_ms) };
    answer.unwrap_or_else(|refusal| {
        app.tally.note(|s| s.not_modelled += u64::from(refusal.is_not_modelled()));
        Answer::refusal(&refusal, &stamp(now_ms))
    })
}

/// Token, realm, limits and minor version, in this order.
fn guard(app: &App, call: &Call, now_ms: i64) -> Option<Answer> {
    let token = call.token.as_deref().ok_or("AuthenticationFailed: no bearer token");
    if let Err(why) = token.and_then(|token| app.grants().check(token, now_ms)) {
        app.tally.note(|s| s.unauthorized += 1);
        let answer = Answer::json(401, &unauthorized(why, now_ms));
        return Some(answer.with("www-authenticate", "Bearer realm=\"Intuit\", error=\"invalid_token\""));
    }
    let refuse = |refusal: Refusal| Some(Answer::refusal(&refusal, &stamp(now_ms)));
    if call.segment(0) != app.config.realm_id {
        return refuse(Refusal::wrong_realm());
    }
    if !app.limits().admit(now_ms, call.is_batch()) {
        return Some(app.throttled());
    }
    if let Some(refusal) = wrong_headers(call) {
        return refuse(refusal);
    }
    let minor = call.params.get("minorversion").map(|version| version.parse::<u32>());
    match minor {
        None => None,
        Some(Ok(version)) if (1..=MINOR_VERSION).contains(&version) => None,
        Some(_) => refuse(Refusal::bad_parameter(
            "minorversion",
            format!("minorversion must be a number from 1 to {MINOR_VERSION}"),
        )),
    }
}

/// The headers the provider requires (fact sheet, "Base URL & required headers"). Without `Accept`
/// it answers XML, which the simulator does not.
fn wrong_headers(call: &Call) -> Option<Refusal> {
    if !call.accepts_json {
        return Some(Refusal::not_modelled("answers in XML: send Accept: application/json"));
    }
    let wanted = if call.is_write() { "application/json" } else { "application/text" };
    if call.method == Method::POST && !call.content_type.starts_with(wanted) {
        let given = &call.content_type;
        return Some(Refusal::unsupported(format!("Content-Type must be {wanted}, not '{given}'")));
    }
    None
}

fn view(app: &App, now_ms: i64) -> View {
    View { now_ms, lag_ms: app.lag_ms() }
}

fn read(app: &App, call: &Call, now_ms: i64) -> Result<Answer, Refusal> {
    let company = app.company();
    let view = view(app, now_ms);
    let body = match (call.method.as_str(), call.segment(1), call.path.len()) {
        ("GET", "query", 2) => queried(&company, call.param("query"), view)?,
        ("POST", "query", 2) => {
            let text = utf8(&call.body)?;
            queried(&company, text, view)?
        }
        ("GET", "cdc", 2) => {
            cdc::changes(&company, call.param("entities"), call.param("changedSince"), view)?
        }
        ("GET", "preferences", 2) => found(&company, Kind::Preferences, 1)?,
        ("GET", "companyinfo", 3) => {
            if call.segment(2) != app.config.realm_id {
                return Err(Refusal::not_found());
            }
            found(&company, Kind::CompanyInfo, 1)?
        }
        ("GET", entity, 3) => {
            let kind = Kind::of_path(entity).ok_or_else(|| unknown(call))?;
            found(&company, kind, key_of_id(call.segment(2)).ok_or_else(Refusal::not_found)?)?
        }
        _ => return Err(unknown(call)),
    };
    Ok(Answer::json(200, &body))
}

/// Other encodings are refused (fact sheet, "Base URL & required headers").
fn utf8(body: &[u8]) -> Result<&str, Refusal> {
    std::str::from_utf8(body)
        .map_err(|_| Refusal::unsupported("Unsupported Operation: the body is not UTF-8"))
}

fn queried(company: &Company, text: &str, view: View) -> Result<Value, Refusal> {
    Ok(json!({"QueryResponse": query::run(company, text, view)?, "time": stamp(view.now_ms)}))
}

fn found(company: &Company, kind: Kind, id: u64) -> Result<Value, Refusal> {
    let object = company.render(kind, id).ok_or_else(Refusal::not_found)?;
    Ok(envelope(company, kind, object))
}

fn unknown(call: &Call) -> Refusal {
    let path: Vec<&str> = call.path.iter().skip(1).map(String::as_str).collect();
    Refusal::not_modelled(format!("{} /{}", call.method, path.join("/")))
}

/// Longest `requestid` in characters: 50, and 36 on batches (the provider's notice on request ids).
fn longest_request_id(call: &Call) -> usize {
    if call.is_batch() { 36 } else { 50 }
}

/// A write, or the first answer again when its `requestid` was seen before. One lock is held over
/// look-up, write and keeping the answer, so two equal requests at once write once.
fn written(app: &App, call: &Call) -> Result<Answer, Refusal> {
    let id = call.param("requestid");
    let length = id.chars().count();
    if length > longest_request_id(call) {
        return Err(Refusal::too_long("requestid", longest_request_id(call), length));
    }
    let mut company = app.company();
    company.keep_previous = app.lag_ms() > 0;
    let replays = !id.is_empty() && app.config.request_id == RequestIds::Honoured;
    if let Some(first) = company.replays.get(id).filter(|_| replays) {
        let differs = first.question != call.question();
        app.tally.note(|s| {
            s.request_id_replays += 1;
            s.request_id_mismatches += u64::from(differs);
        });
        return Ok(first.answer.clone());
    }
    let answer = match performed(&mut company, call, app.lag_ms()) {
        Ok(body) => Answer::json(200, &body),
        Err(refusal) if refusal.is_not_modelled() => return Err(refusal),
        Err(refusal) => Answer::refusal(&refusal, &stamp(app.clock.now_ms())),
    };
    if replays {
        let replay = Replay { question: call.question(), answer: answer.clone() };
        company.replays.insert(id.to_owned(), replay);
    }
    app.publish(&mut company);
    Ok(answer)
}

fn performed(company: &mut Company, call: &Call, lag_ms: i64) -> Result<Value, Refusal> {
    if call.path.len() != 2 || call.method != Method::POST {
        return Err(unknown(call));
    }
    let text = utf8(&call.body)?;
    let body: Object = serde_json::from_str(text).map_err(|e| Refusal::unreadable(&e.to_string()))?;
    if call.is_batch() {
        return batch::run(company, &body, call.params.contains_key("requestid"), lag_ms);
    }
    let kind = Kind::of_path(call.segment(1)).ok_or_else(|| unknown(call))?;
    let include = call.param("include");
    let verb = match (call.param("operation"), include) {
        ("" | "update", "" | "allowduplicatedocnum") => Verb::Save,
        ("delete", "") => Verb::Delete,
        ("update", "void") if kind.is_payment() => Verb::Void,
        ("void", "") if !kind.is_payment() => Verb::Void,
        (operation, include) => {
            return Err(Refusal::not_modelled(format!("operation={operation}&include={include}")));
        }
    };
    let manner = Manner { any_doc_number: include == "allowduplicatedocnum", by_hand: false };
    let object = perform(company, (verb, kind), &body, manner)?;
    Ok(envelope(company, kind, object))
}
