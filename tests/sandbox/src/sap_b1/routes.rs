//! The simulator's parts together, and its one route.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::response::Response;
use axum::routing::any;
use serde_json::{Value, json};

use super::book::{Book, Key};
use super::config::SapB1Config;
use super::kinds::{Kind, kind};
use super::refusal;
use super::service::{self, Call, Patch};
use super::session::Sessions;
use crate::faults::Faults;
use crate::kit::hands::{self, Hands};
use crate::kit::window::Gate;
use crate::kit::{Answer, Clock, Recorder, Tally, faulty};

const ROOT: &str = "/b1s/v2/";

/// Everything the handlers share.
pub(super) struct App {
    pub(super) config: SapB1Config,
    pub(super) clock: Clock,
    pub(super) tally: Tally,
    pub(super) faults: Faults,
    pub(super) recorder: Recorder,
    book: Mutex<Book>,
    sessions: Mutex<Sessions>,
    gate: Gate,
}

impl App {
    pub(super) fn new(config: SapB1Config) -> Self {
        Self {
            clock: Clock::default(),
            tally: Tally::default(),
            faults: Faults::new(config.faults.clone()),
            recorder: Recorder::hiding(&["cookie", "set-cookie"]),
            book: Mutex::new(Book::new(config.clone())),
            sessions: Mutex::new(Sessions::new()),
            gate: Gate::new(config.in_flight),
            config,
        }
    }

    pub(super) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().expect("no code panics while it holds the records")
    }

    pub(super) fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().expect("no code panics while it holds the sessions")
    }

    fn answer(&self, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Response {
        let Some(path) = uri.path().strip_prefix(ROOT) else {
            return self.noted(refusal::not_modelled(uri.path())).into_response();
        };
        let now_ms = self.clock.now_ms();
        if path == "Login" && *method == Method::POST {
            return self.login(body, now_ms);
        }
        let Some(session) = self.sessions().admit(headers, &self.config, now_ms) else {
            return self.noted(refusal::no_session()).into_response();
        };
        if path == "Logout" && *method == Method::POST {
            self.sessions().close(&session);
            self.tally.note("logouts");
            return Answer::empty(204).into_response();
        }
        let query = uri.query().unwrap_or_default();
        let call = Call { method, path, query, headers, body, now_ms };
        let answer = service::answer(&mut self.book(), &self.tally, &call);
        self.noted(answer.unwrap_or_else(|refused| refused)).into_response()
    }

    fn noted(&self, answer: Answer) -> Answer {
        match answer.status {
            401 => self.tally.note("unauthorized"),
            412 => self.tally.note("stale"),
            501 => self.tally.note("not_modelled"),
            _ => {}
        }
        answer
    }

    fn login(&self, body: &[u8], now_ms: i64) -> Response {
        let given: Value = serde_json::from_slice(body).unwrap_or_default();
        let known = ["CompanyDB", "UserName", "Password", "Language"];
        let Some(names) = given.as_object() else {
            return refusal::bad_request("a login is an object").into_response();
        };
        if let Some(name) = names.keys().find(|name| !known.contains(&name.as_str())) {
            return refusal::no_property(name, "B1Session").into_response();
        }
        let ours = [&self.config.company_db, &self.config.user_name, &self.config.password];
        let mut sessions = self.sessions();
        let is_right =
            ["CompanyDB", "UserName", "Password"].iter().zip(ours).all(|(name, own)| given[*name] == **own);
        if sessions.is_locked() || !is_right {
            return self.noted(refusal::no_login()).into_response();
        }
        let Some((id, node)) = sessions.open(&self.config, now_ms) else {
            return self.noted(refusal::no_licence()).into_response();
        };
        self.tally.note("logins");
        let body = json!({
            "@odata.context": "$metadata#B1Sessions/$entity", "SessionId": id, "Version": "1000240",
            "SessionTimeout": self.config.session_minutes,
        });
        let mut response = Answer::json(200, &body).into_response();
        for cookie in [format!("B1SESSION={id};HttpOnly"), format!("ROUTEID=.node{node}; path=/b1s")] {
            let cookie = HeaderValue::from_str(&cookie).expect("an id and a number are plain text");
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }
}

/// All routes.
pub(super) fn router(app: &Arc<App>) -> Router {
    let router = Router::new()
        .fallback(any(serve))
        .with_state(app.clone())
        .merge(hands::routes(app.clone()))
        .merge(crate::admin::routes(app.clone()));
    app.recorder.around(router)
}

async fn serve(
    State(app): State<Arc<App>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = uri.path().strip_prefix(ROOT).unwrap_or(uri.path());
    app.tally.request(&format!("{method} {}", path.split('(').next().unwrap_or_default()));
    let Some(_inside) = app.gate.enter() else {
        app.tally.note("throttled");
        return refusal::overloaded().into_response();
    };
    let is_write = method != Method::GET && !path.starts_with("Log") && !path.starts_with("CompanyService_");
    let fault = if is_write { app.faults.next_write() } else { app.faults.next() };
    let shape = |status| match status {
        429 => refusal::overloaded().into_response(),
        _ => refusal::internal().into_response(),
    };
    let commit = async { app.answer(&method, &uri, &headers, &body) };
    faulty::under((&app.faults, &app.tally), fault, shape, commit).await
}

fn kind_and_key(entity: &str, id: &str) -> Result<(&'static Kind, Key), Value> {
    let kind = kind(entity).ok_or_else(|| json!({ "error": format!("there is no set {entity}") }))?;
    let number = || id.parse().map_err(|_| json!({ "error": format!("{id} is no number") }));
    Ok((kind, if kind.numbered { Key::Number(number()?) } else { Key::Text(id.to_owned()) }))
}

/// The body of a refusal, for hands that cannot be shown a status.
fn said(refused: &Answer) -> Value {
    serde_json::from_slice(&refused.body).unwrap_or_default()
}

/// A user at the company's own client.
impl Hands for App {
    fn create(&self, entity: &str, body: Value) -> Result<Value, Value> {
        let (kind, _) = kind_and_key(entity, "0")?;
        let mut book = self.book();
        let sent = book
            .taken(kind, body.as_object().unwrap_or(&serde_json::Map::new()))
            .map_err(|refused| said(&refused))?;
        let row =
            service::create(&mut book, kind, sent, self.clock.now_ms()).map_err(|refused| said(&refused))?;
        Ok(Value::Object(row.shown()))
    }

    /// A patch; `{"Cancel": true}` and `{"Close": true}` do that to a document.
    fn edit(&self, entity: &str, id: &str, patch: Value) -> Result<Value, Value> {
        let (kind, key) = kind_and_key(entity, id)?;
        let mut book = self.book();
        let row = book.get(kind, &key).cloned().ok_or_else(|| said(&refusal::not_found()))?;
        let now_ms = self.clock.now_ms();
        for action in ["Cancel", "Close"] {
            if patch[action] == json!(true) {
                service::act(&mut book, kind, &row, action, now_ms).map_err(|refused| said(&refused))?;
                return Ok(json!({}));
            }
        }
        let sent = book
            .taken(kind, patch.as_object().unwrap_or(&serde_json::Map::new()))
            .map_err(|refused| said(&refused))?;
        let row = service::change(&mut book, kind, &row, Patch::of(sent), now_ms)
            .map_err(|refused| said(&refused))?;
        Ok(Value::Object(row.shown()))
    }

    fn delete(&self, entity: &str, id: &str) -> Result<Value, Value> {
        let (kind, key) = kind_and_key(entity, id)?;
        service::remove(&mut self.book(), kind, &key).map_err(|refused| said(&refused))?;
        Ok(json!({}))
    }

    /// Every session ends; the user may open another.
    fn expire_access_tokens(&self) {
        self.sessions().close_all();
    }

    /// The user is locked.
    fn revoke(&self) {
        self.sessions().close_all();
        self.sessions().lock(true);
    }

    fn advance_clock(&self, seconds: u32) {
        self.clock.advance(i64::from(seconds));
    }
}

impl crate::admin::Admin for App {
    fn faults(&self) -> &Faults {
        &self.faults
    }

    fn stats(&self) -> Value {
        let mut stats = self.tally.snapshot();
        stats["sessions"] = json!(self.sessions().count());
        stats
    }

    fn reset(&self) {
        self.tally.reset();
    }
}
