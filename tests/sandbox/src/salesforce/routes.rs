//! The simulator's parts together, and its routes.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use axum::routing::{any, get, post};

use super::auth;
use super::call::Call;
use super::config::SalesforceConfig;
use super::dispatch;
use super::refusal::Refusal;
use super::soql::Cursors;
use super::store::Org;
use crate::faults::{Fault, Faults};
use crate::kit::clock::http_date;
use crate::kit::grants::{Rotation, Rules};
use crate::kit::window::Window;
use crate::kit::{Answer, Clock, Grant, Grants, Recorder, Tally, faulty, hands};

/// The rolling day of the request limit.
const DAY_MS: i64 = 24 * 3600 * 1000;

/// Everything the handlers share.
pub(super) struct App {
    pub(super) config: SalesforceConfig,
    pub(super) clock: Clock,
    pub(super) tally: Tally,
    pub(super) faults: Faults,
    pub(super) recorder: Recorder,
    /// Address of the API when it is not the login host's.
    pub(super) instance: OnceLock<String>,
    org: Mutex<Org>,
    people: Mutex<Grants>,
    cursors: Mutex<Cursors>,
    day: Mutex<Window>,
    queries: AtomicU64,
}

impl App {
    pub(super) fn new(config: SalesforceConfig) -> Self {
        let clock = Clock::default();
        let rotation = Rotation::Single { grace_s: 0, reuse_ends_grant: false };
        let rules = Rules {
            seed: config.seed,
            access_ttl_s: Some(config.session_timeout_s),
            refresh_ttl_s: config.refresh_idle_s,
            rotation: if config.refresh_rotation { rotation } else { Rotation::Never },
            prefixes: ["aPrx", "00D5g!AQ", "5Aep"],
            ..Rules::default()
        };
        Self {
            org: Mutex::new(Org::new(&config, clock.clone())),
            people: Mutex::new(Grants::new(rules)),
            cursors: Mutex::default(),
            day: Mutex::new(Window::new(DAY_MS, config.daily_limit)),
            queries: AtomicU64::new(config.seed),
            instance: OnceLock::new(),
            recorder: Recorder::default(),
            faults: Faults::new(config.faults.clone()),
            tally: Tally::default(),
            clock,
            config,
        }
    }

    pub(super) fn org(&self) -> MutexGuard<'_, Org> {
        self.org.lock().expect("no code panics while it holds the records")
    }

    pub(super) fn people(&self) -> MutexGuard<'_, Grants> {
        self.people.lock().expect("no code panics while it holds the grants")
    }

    pub(super) fn cursors(&self) -> MutexGuard<'_, Cursors> {
        self.cursors.lock().expect("no code panics while it holds the cursors")
    }

    fn day(&self) -> MutexGuard<'_, Window> {
        self.day.lock().expect("no code panics while it counts the day's requests")
    }

    /// A number for each query, for the order of unordered rows.
    pub(super) fn next_query(&self) -> u64 {
        self.queries.fetch_add(1, Ordering::Relaxed)
    }

    /// How late queries are, in milliseconds.
    pub(super) fn lag_ms(&self) -> i64 {
        i64::try_from(self.faults.plan().search_lag_ms).unwrap_or(i64::MAX)
    }

    /// What the user grants the client.
    pub(super) fn grant(&self, scopes: Vec<String>) -> Grant {
        let (client_id, subject) = (self.config.client.0.clone(), self.config.username.clone());
        Grant { client_id, subject, scopes, ..Grant::default() }
    }

    /// Where the API is, for a caller who knows the login host as `base`.
    pub(super) fn instance_url(&self, base: &str) -> String {
        self.instance.get().cloned().unwrap_or_else(|| base.to_owned())
    }

    /// The identity URL: it ends in the org's and the user's ids.
    pub(super) fn identity_url(&self, base: &str) -> String {
        format!("{base}/id/{}/{}", self.config.organization_id, self.org().user_id)
    }

    /// Requests used in the last day, and how many there may be.
    pub(super) fn usage(&self) -> (u32, u32) {
        let mut day = self.day();
        let max = if day.max() == 0 { 5_000_000 } else { day.max() };
        let left = day.remaining(self.clock.now_ms());
        (max - left.min(max), max)
    }

    /// A refusal as an answer, counted.
    pub(super) fn refused(&self, refusal: &Refusal) -> Answer {
        if refusal.is_not_modelled() {
            self.tally.note("not_modelled");
        }
        refusal.answer()
    }

    /// Runs a handler under a fault, with the provider's own bodies.
    pub(super) async fn under(&self, fault: Fault, commit: impl Future<Output = Response>) -> Response {
        faulty::under((&self.faults, &self.tally), fault, injected, commit).await
    }

    fn answer(&self, call: &Call) -> Answer {
        if let Err(refusal) = auth::admit(self, call) {
            self.tally.note("unauthorized");
            return refusal.answer();
        }
        let now_ms = self.clock.now_ms();
        let admitted = self.day().admit(now_ms);
        let answer = if admitted {
            dispatch::answer(self, call)
        } else {
            self.tally.note("throttled");
            Refusal::throttled("TotalRequests").answer()
        };
        let (used, max) = self.usage();
        answer.with("sforce-limit-info", format!("api-usage={used}/{max}"))
    }
}

/// There is no 429 and no `Retry-After`.
fn injected(status: u16) -> Response {
    let refusal =
        if status == 429 { Refusal::throttled("ConcurrentPerOrgLongTxn") } else { Refusal::unexpected() };
    refusal.answer().into_response()
}

/// The login host, with the API unless that has an address of its own.
pub(super) fn router(app: &Arc<App>) -> Router {
    let api = if app.config.separate_instance { Router::new() } else { api() };
    let router = Router::new()
        .route("/services/oauth2/authorize", get(auth::authorize))
        .route("/services/oauth2/token", post(auth::token))
        .route("/services/oauth2/revoke", post(auth::revoke))
        .route("/id/{org}/{user}", get(auth::identity))
        .merge(api)
        .fallback(elsewhere)
        .with_state(Arc::clone(app))
        .merge(hands::routes(Arc::clone(app)))
        .merge(crate::admin::routes(Arc::clone(app)));
    app.recorder.around(router)
}

/// The API alone.
pub(super) fn instance(app: &Arc<App>) -> Router {
    app.recorder.around(api().fallback(elsewhere).with_state(Arc::clone(app)))
}

fn api() -> Router<Arc<App>> {
    Router::new()
        .route("/services/data", get(versions))
        .route("/services/data/", get(versions))
        .route("/services/data/{*rest}", any(data))
}

/// The only part of the API that needs no token.
async fn versions(State(app): State<Arc<App>>) -> Response {
    app.tally.request("GET versions");
    Answer::json(200, &dispatch::versions()).into_response()
}

async fn data(
    State(app): State<Arc<App>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = Call::new(method, &uri, headers, body);
    app.tally.request(&call.label());
    let fault = if call.is_write() { app.faults.next_write() } else { app.faults.next() };
    app.under(fault, async {
        let answer = app.answer(&call);
        // Callers go by the provider's clock.
        answer.with("date", http_date(app.clock.now_ms())).into_response()
    })
    .await
}

async fn elsewhere(State(app): State<Arc<App>>, method: Method, uri: Uri) -> Response {
    app.refused(&Refusal::not_modelled(format!("{method} {}", uri.path()))).into_response()
}
