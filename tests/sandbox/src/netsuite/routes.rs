//! The simulator's parts together, and its routes.

use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use axum::routing::{any, get, post};

use super::auth::{self, Nonces};
use super::call::Call;
use super::config::NetSuiteConfig;
use super::dispatch;
use super::jobs::Jobs;
use super::refusal::Refusal;
use super::store::Ledger;
use crate::faults::{Fault, Faults};
use crate::kit::grants::{Rotation, Rules};
use crate::kit::window::Gate;
use crate::kit::{Answer, Clock, Grants, Recorder, Tally, faulty, hands};

/// Largest body: 104 MB (fact sheet, "Base URL & required headers").
const LARGEST: usize = 104 * 1024 * 1024;

/// Everything the handlers share.
pub(super) struct App {
    pub(super) config: NetSuiteConfig,
    pub(super) clock: Clock,
    pub(super) tally: Tally,
    pub(super) faults: Faults,
    pub(super) recorder: Recorder,
    ledger: Mutex<Ledger>,
    people: Mutex<Grants>,
    nonces: Mutex<Nonces>,
    jobs: Mutex<Jobs>,
    audit: Mutex<Vec<String>>,
    gate: Gate,
    queries: AtomicU64,
    tba_blocked: AtomicBool,
}

impl App {
    pub(super) fn new(config: NetSuiteConfig) -> Self {
        let clock = Clock::default();
        let rules = Rules {
            seed: config.seed,
            access_ttl_s: Some(config.access_token_ttl_s),
            refresh_ttl_s: Some(config.refresh_token_ttl_s),
            rotation: Rotation::Never,
            refresh_slides: false,
            prefixes: ["ns", "eyJ-", "nsr-"],
            ..Rules::default()
        };
        Self {
            ledger: Mutex::new(Ledger::new(&config, clock.clone())),
            people: Mutex::new(Grants::new(rules)),
            nonces: Mutex::default(),
            jobs: Mutex::default(),
            audit: Mutex::default(),
            gate: Gate::new(config.concurrency),
            queries: AtomicU64::new(config.seed),
            tba_blocked: AtomicBool::new(false),
            recorder: Recorder::default(),
            faults: Faults::new(config.faults.clone()),
            tally: Tally::default(),
            clock,
            config,
        }
    }

    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().expect("no code panics while it holds the records")
    }

    pub(super) fn people(&self) -> MutexGuard<'_, Grants> {
        self.people.lock().expect("no code panics while it holds the grants")
    }

    pub(super) fn nonces(&self) -> MutexGuard<'_, Nonces> {
        self.nonces.lock().expect("no code panics while it holds the nonces")
    }

    pub(super) fn jobs(&self) -> MutexGuard<'_, Jobs> {
        self.jobs.lock().expect("no code panics while it holds the jobs")
    }

    pub(super) fn audit(&self) -> MutexGuard<'_, Vec<String>> {
        self.audit.lock().expect("no code panics while it holds the audit trail")
    }

    /// Notes a refused login for the audit trail.
    pub(super) fn audited(&self, why: String) {
        self.audit().push(why);
    }

    /// A number for each query, for the order of unordered rows.
    pub(super) fn next_query(&self) -> u64 {
        self.queries.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) fn is_tba_blocked(&self) -> bool {
        self.tba_blocked.load(Ordering::SeqCst)
    }

    /// Ends the token of token-based authentication, or makes it work again.
    pub(super) fn block_tba(&self, blocked: bool) {
        self.tba_blocked.store(blocked, Ordering::SeqCst);
    }

    /// How late lists and queries are, in milliseconds.
    pub(super) fn lag_ms(&self) -> i64 {
        i64::try_from(self.faults.plan().search_lag_ms).unwrap_or(i64::MAX)
    }

    /// A refusal as an answer, counted.
    pub(super) fn refused(&self, refusal: &Refusal) -> Answer {
        if refusal.is_not_modelled() {
            self.tally.note("not_modelled");
        }
        refusal.answer()
    }

    fn injected(&self, status: u16) -> Response {
        if status != 429 {
            return Refusal::unexpected().answer().into_response();
        }
        let answer = Refusal::throttled().answer();
        match self.faults.plan().retry_after_s {
            Some(seconds) => answer.with("retry-after", seconds.to_string()).into_response(),
            None => answer.into_response(),
        }
    }

    /// Runs a handler under a fault, with the provider's own bodies.
    pub(super) async fn under(&self, fault: Fault, commit: impl Future<Output = Response>) -> Response {
        let shape = |status| self.injected(status);
        faulty::under((&self.faults, &self.tally), fault, shape, commit).await
    }

    fn unauthorized(&self, why: String) -> Answer {
        self.tally.note("unauthorized");
        self.audited(why);
        let realm = &self.config.account_id;
        let challenge = format!(
            "OAuth realm=\"{realm}\", error=\"token_rejected\", error_description=\"Invalid login attempt.\""
        );
        Refusal::unauthorized().answer().with("www-authenticate", challenge)
    }
}

/// All routes.
pub(super) fn router(app: &Arc<App>) -> Router {
    let router = Router::new()
        .route("/app/login/oauth2/authorize.nl", get(auth::authorize))
        .route("/services/rest/auth/oauth2/v1/token", post(auth::token))
        .route("/services/rest/auth/oauth2/v1/revoke", post(auth::revoke))
        .route("/services/rest/{*rest}", any(rest))
        .fallback(elsewhere)
        .layer(DefaultBodyLimit::max(LARGEST))
        .with_state(Arc::clone(app))
        .merge(hands::routes(Arc::clone(app)))
        .merge(crate::admin::routes(Arc::clone(app)));
    app.recorder.around(router)
}

async fn rest(
    State(app): State<Arc<App>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = Call::new(method, &uri, headers, body);
    app.tally.request(&call.label());
    let fault = if call.is_write() { app.faults.next_write() } else { app.faults.next() };
    let pass = app.gate.enter();
    let response = app
        .under(fault, async {
            let answer = match auth::admit(&app, &call) {
                Err(why) => app.unauthorized(why),
                Ok(()) if pass.is_none() => {
                    app.tally.note("throttled");
                    Refusal::throttled().answer()
                }
                Ok(()) => {
                    tokio::time::sleep(Duration::from_millis(app.config.latency_ms)).await;
                    dispatch::answer(&app, &call)
                }
            };
            answer.into_response()
        })
        .await;
    drop(pass);
    response
}

async fn elsewhere(State(app): State<Arc<App>>, method: Method, uri: Uri) -> Response {
    app.refused(&Refusal::not_modelled(format!("{method} {}", uri.path()))).into_response()
}
