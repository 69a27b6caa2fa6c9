//! The simulator's parts together, and its routes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use axum::routing::any;
use serde_json::{Value, json};

use super::config::CompaniesHouseConfig;
use super::register::{Company, Register, etag};
use super::{refusal, search};
use crate::faults::Faults;
use crate::kit::consent::{Params, basic};
use crate::kit::hands::{self, Hands};
use crate::kit::window::Window;
use crate::kit::{Answer, Clock, Recorder, Tally, faulty};

/// The limit's window: five minutes.
const WINDOW_MS: i64 = 300_000;

/// Everything the handlers share.
pub(super) struct App {
    config: CompaniesHouseConfig,
    pub(super) clock: Clock,
    pub(super) tally: Tally,
    pub(super) faults: Faults,
    pub(super) recorder: Recorder,
    register: Mutex<Register>,
    keys: Mutex<BTreeMap<String, Window>>,
}

impl App {
    pub(super) fn new(config: CompaniesHouseConfig) -> Self {
        let window = || Window::new(WINDOW_MS, config.calls_per_window);
        Self {
            clock: Clock::default(),
            tally: Tally::default(),
            faults: Faults::new(config.faults.clone()),
            recorder: Recorder::default(),
            register: Mutex::new(if config.sample { Register::sample() } else { Register::default() }),
            keys: Mutex::new(config.keys.iter().map(|key| (key.clone(), window())).collect()),
            config,
        }
    }

    pub(super) fn register(&self) -> MutexGuard<'_, Register> {
        self.register.lock().expect("no code panics while it holds the register")
    }

    fn keys(&self) -> MutexGuard<'_, BTreeMap<String, Window>> {
        self.keys.lock().expect("no code panics while it counts calls")
    }

    /// No key is taken any more, or those of the configuration again.
    pub(super) fn revoke(&self, revoked: bool) {
        let kept = if revoked { Vec::new() } else { self.config.keys.clone() };
        let window = || Window::new(WINDOW_MS, self.config.calls_per_window);
        *self.keys() = kept.into_iter().map(|key| (key, window())).collect();
    }

    /// The key of a request, counted against its limit.
    fn admit(&self, headers: &HeaderMap) -> Result<(u32, i64), Answer> {
        let mut keys = self.keys();
        let given = basic(headers).filter(|(_, password)| password.is_empty());
        let Some(window) = given.and_then(|(key, _)| keys.get_mut(&key)) else {
            self.tally.note("unauthorized");
            return Err(refusal::unauthorized());
        };
        let now = self.clock.now_ms();
        if window.admit(now) {
            return Ok((window.remaining(now), now));
        }
        self.tally.note("throttled");
        Err(self.marked(refusal::too_many(), 0, now + window.wait_ms(now)))
    }

    fn marked(&self, answer: Answer, remaining: u32, reset_ms: i64) -> Answer {
        if !self.config.limit_headers || self.config.calls_per_window == 0 {
            return answer;
        }
        answer
            .with("X-Ratelimit-Limit", self.config.calls_per_window.to_string())
            .with("X-Ratelimit-Remain", remaining.to_string())
            .with("X-Ratelimit-Reset", (reset_ms / 1000).to_string())
            .with("X-Ratelimit-Window", "5m")
    }

    fn answer(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Answer {
        let (remaining, now) = match self.admit(headers) {
            Ok(admitted) => admitted,
            Err(refused) => return refused,
        };
        let segments: Vec<&str> = uri.path().trim_matches('/').split('/').collect();
        let params = Params::parse(uri.query().unwrap_or_default().as_bytes());
        let answer =
            if *method == Method::GET { resource(&self.register(), &segments, &params) } else { None };
        let answer = answer.unwrap_or_else(|| {
            self.tally.note("not_modelled");
            Err(refusal::not_modelled(&format!("{method} {}", uri.path())))
        });
        self.marked(answer.unwrap_or_else(|refused| refused), remaining, now + WINDOW_MS)
    }
}

/// What a path names; `None` when it is not modelled.
fn resource(register: &Register, path: &[&str], params: &Params) -> Option<Result<Answer, Answer>> {
    match path {
        ["search", "companies"] => return Some(search::companies(register, params)),
        ["advanced-search", "companies"] => return Some(search::advanced(register, params)),
        ["company", _, ..] => {}
        _ => return None,
    }
    let company = register.get(path[1]);
    let part = |part: fn(&Company, &Params) -> Result<Answer, Answer>, what: &str| {
        company.map_or_else(|| Err(refusal::not_found(what)), |company| part(company, params))
    };
    Some(match &path[2..] {
        [] => part(profile, "company-profile"),
        ["registered-office-address"] => part(office, "registered-office-address"),
        ["officers"] => part(officers, "company-officers"),
        ["filing-history"] => part(filings, "company-filing-history"),
        ["persons-with-significant-control"] => part(controllers, "company-psc"),
        ["appointments" | "filing-history", _] | ["persons-with-significant-control", _, _] => {
            let wanted = format!("/{}", path.join("/"));
            one(company, &wanted).ok_or_else(|| refusal::not_found("resource"))
        }
        _ => return None,
    })
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one of several parts of a company, most of which may be missing"
)]
fn profile(company: &Company, _: &Params) -> Result<Answer, Answer> {
    Ok(Answer::json(200, &company.profile))
}

fn office(company: &Company, _: &Params) -> Result<Answer, Answer> {
    let office = company.profile.get("registered_office_address");
    office
        .map(|office| Answer::json(200, office))
        .ok_or_else(|| refusal::not_found("registered-office-address"))
}

/// One officer, filing or controller by its own path.
fn one(company: Option<&Company>, path: &str) -> Option<Answer> {
    let company = company?;
    let parts = [&company.officers, &company.filings, &company.controllers];
    let found = parts.into_iter().flatten().find(|part| part["links"]["self"] == path)?;
    Some(Answer::json(200, found))
}

fn officers(company: &Company, params: &Params) -> Result<Answer, Answer> {
    search::known(params, &["items_per_page", "start_index", "order_by", "register_type", "register_view"])?;
    if !["", "appointed_on", "resigned_on", "surname"].contains(&params.get("order_by")) {
        return Err(refusal::bad_parameter("order_by"));
    }
    let (start, size) = search::page(params, ("items_per_page", 35, 100))?;
    if company.officers.is_empty() {
        return Err(refusal::not_found("company-officers"));
    }
    let resigned = company.officers.iter().filter(|officer| officer.get("resigned_on").is_some()).count();
    let mut list = listed(&company.officers, ("officer-list", "total_results"), (start, size));
    list["active_count"] = json!(company.officers.len() - resigned);
    list["resigned_count"] = json!(resigned);
    list["links"] = json!({"self": format!("/company/{}/officers", number(company))});
    Ok(Answer::json(200, &list))
}

fn filings(company: &Company, params: &Params) -> Result<Answer, Answer> {
    search::known(params, &["items_per_page", "start_index", "category"])?;
    let (start, size) = search::page(params, ("items_per_page", 25, 100))?;
    let wanted = |filing: &&Value| {
        params.opt("category").is_none_or(|list| list.split(',').any(|one| filing["category"] == one))
    };
    let found: Vec<Value> = company.filings.iter().filter(wanted).cloned().collect();
    let mut list = listed(&found, ("filing-history", "total_count"), (start, size));
    list["filing_history_status"] = json!("filing-history-available");
    Ok(Answer::json(200, &list))
}

fn controllers(company: &Company, params: &Params) -> Result<Answer, Answer> {
    search::known(params, &["items_per_page", "start_index", "register_view"])?;
    let (start, size) = search::page(params, ("items_per_page", 25, 100))?;
    if company.controllers.is_empty() {
        // "404 on sub-resources often means empty" (fact sheet, "Traps").
        return Err(refusal::not_found("company-psc"));
    }
    let mut list = listed(&company.controllers, ("", "total_results"), (start, size));
    let members = list.as_object_mut().expect("a list is an object");
    members.remove("kind");
    members.remove("etag");
    members.insert("active_count".into(), json!(company.controllers.len()));
    members.insert("ceased_count".into(), json!(0));
    let own = format!("/company/{}/persons-with-significant-control", number(company));
    members.insert("links".into(), json!({"self": own}));
    Ok(Answer::json(200, &list))
}

fn number(company: &Company) -> &str {
    company.profile.get("company_number").and_then(Value::as_str).unwrap_or_default()
}

fn listed(all: &[Value], (kind, total): (&str, &str), (start, size): (usize, usize)) -> Value {
    let items: Vec<&Value> = all.iter().skip(start).take(size).collect();
    let mut list = json!({
        "kind": kind, "etag": etag(&json!(all)), "items": items, "items_per_page": size, "start_index": start,
    });
    list[total] = json!(all.len());
    list
}

/// All routes.
pub(super) fn router(app: &Arc<App>) -> Router {
    let router = Router::new()
        .fallback(any(register))
        .with_state(app.clone())
        .merge(hands::routes(app.clone()))
        .merge(crate::admin::routes(app.clone()));
    app.recorder.around(router)
}

async fn register(State(app): State<Arc<App>>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let kind = uri.path().trim_matches('/').split('/').next().unwrap_or_default();
    app.tally.request(&format!("{method} {kind}"));
    let fault = app.faults.next();
    let shape = |status| match status {
        429 => app.marked(refusal::too_many(), 0, app.clock.now_ms() + WINDOW_MS).into_response(),
        _ => refusal::server_error().into_response(),
    };
    let commit = async { app.answer(&method, &uri, &headers).into_response() };
    faulty::under((&app.faults, &app.tally), fault, shape, commit).await
}

impl Hands for App {
    /// `Company` with a `company_number`.
    fn create(&self, entity: &str, body: Value) -> Result<Value, Value> {
        match (entity, body["company_number"].as_str()) {
            ("Company", Some(number)) => Ok(self.register().put(number, body.clone())),
            _ => Err(json!({"error": "only a Company with a company_number can be entered"})),
        }
    }

    /// `Company` is changed; a `Filing` is filed: `{"category", "date"}`.
    fn edit(&self, entity: &str, id: &str, patch: Value) -> Result<Value, Value> {
        let mut register = self.register();
        let unknown = || json!({"error": "the company is not in the register"});
        if entity == "Filing" {
            let word = |name: &str| patch[name].as_str().unwrap_or_default().to_owned();
            return register.file(id, &word("category"), &word("date")).ok_or_else(unknown);
        }
        match register.get(id) {
            Some(_) => Ok(register.put(id, patch)),
            None => Err(unknown()),
        }
    }

    fn delete(&self, _entity: &str, id: &str) -> Result<Value, Value> {
        self.register().remove(id).ok_or_else(|| json!({"error": "the company is not in the register"}))
    }

    /// Keys do not expire.
    fn expire_access_tokens(&self) {}

    fn revoke(&self) {
        App::revoke(self, true);
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
        self.tally.snapshot()
    }

    fn reset(&self) {
        self.tally.reset();
    }
}
