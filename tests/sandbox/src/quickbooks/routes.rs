//! The simulator's parts together, and its routes.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, Uri};
use axum::response::Response;
use axum::routing::{any, get, post};
use serde_json::json;

use super::answer::Answer;
use super::clock::{Clock, stamp};
use super::company_call::{Call, answer};
use super::config::QuickBooksConfig;
use super::faultbody::Refusal;
use super::limits::Limits;
use super::stats::Tally;
use super::store::{Company, key_of_id};
use super::tokens::Grants;
use super::webhooks::Sender;
use super::{admin, authorize};
use crate::faults::{Fault, Faults};
use crate::kit::Recorder;

/// Everything the handlers share.
pub(crate) struct App {
    pub(crate) config: QuickBooksConfig,
    pub(crate) clock: Clock,
    pub(crate) tally: Tally,
    pub(crate) faults: Faults,
    pub(crate) recorder: Recorder,
    company: Mutex<Company>,
    grants: Mutex<Grants>,
    limits: Mutex<Limits>,
    webhooks: Option<Sender>,
    requests: AtomicU64,
}

impl App {
    pub(crate) fn new(config: QuickBooksConfig) -> std::io::Result<Self> {
        let clock = Clock::default();
        let tally = Tally::default();
        let faults = Faults::new(config.faults.clone());
        let webhooks = match &config.webhook {
            Some(_) => Some(Sender::start(&config, faults.clone(), tally.clone())?),
            None => None,
        };
        Ok(Self {
            company: Mutex::new(Company::new(&config, clock.clone(), tally.clone())),
            grants: Mutex::new(Grants::new(&config)),
            limits: Mutex::new(Limits::new(&config)),
            webhooks,
            requests: AtomicU64::new(0),
            recorder: Recorder::default(),
            config,
            clock,
            tally,
            faults,
        })
    }

    pub(crate) fn company(&self) -> MutexGuard<'_, Company> {
        self.company.lock().expect("no code panics while it holds the books")
    }

    pub(crate) fn grants(&self) -> MutexGuard<'_, Grants> {
        self.grants.lock().expect("no code panics while it holds the grants")
    }

    pub(crate) fn limits(&self) -> MutexGuard<'_, Limits> {
        self.limits.lock().expect("no code panics while it holds the limits")
    }

    /// How late queries are, in milliseconds.
    pub(crate) fn lag_ms(&self) -> i64 {
        i64::try_from(self.faults.plan().search_lag_ms).unwrap_or(i64::MAX)
    }

    /// Hands the changes made to the webhook sender.
    pub(crate) fn publish(&self, company: &mut Company) {
        let changes = std::mem::take(&mut company.changes);
        if let Some(webhooks) = &self.webhooks {
            webhooks.send(changes);
        }
    }

    /// A 429, with `Retry-After` only where the plan says so.
    pub(crate) fn throttled(&self) -> Answer {
        self.tally.note(|s| s.throttled += 1);
        let answer = Answer::refusal(&Refusal::throttled(), &stamp(self.clock.now_ms()));
        match self.faults.plan().retry_after_s {
            Some(seconds) => answer.with("retry-after", seconds.to_string()),
            None => answer,
        }
    }

    fn server_error(&self) -> Response {
        let body = json!({
            "Fault": {
                "Error": [{
                    "Message": "An application error has occurred while processing your request",
                    "Detail": "System Failure Error: Something went wrong. Try again later.",
                    "code": "10000"
                }],
                "type": "SystemFault"
            },
            "time": stamp(self.clock.now_ms())
        });
        Answer::json(500, &body).into_response()
    }

    /// Runs a handler under a fault, with the provider's own bodies for 429 and 500.
    pub(crate) async fn under(&self, fault: Fault, commit: impl Future<Output = Response>) -> Response {
        if fault != Fault::None {
            self.tally.note(|s| s.faults_sent += 1);
        }
        match fault {
            Fault::TooManyRequests => self.throttled().into_response(),
            Fault::ServerError => self.server_error(),
            Fault::ErrorAfter => {
                drop(commit.await);
                self.server_error()
            }
            _ => self.faults.apply(fault, commit).await,
        }
    }

    /// The next value of `intuit_tid`.
    fn tid(&self) -> HeaderValue {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let text = format!("1-{:08x}-{number:024x}", self.config.seed);
        HeaderValue::from_str(&text).expect("hexadecimal digits and dashes are a valid header value")
    }
}

/// All routes.
pub(crate) fn router(app: Arc<App>) -> Router {
    let recorder = app.recorder.clone();
    let router = Router::new()
        .route("/connect/oauth2", get(authorize::authorize))
        .route("/oauth2/v1/tokens/bearer", post(authorize::token))
        .route("/v2/oauth2/tokens/revoke", post(authorize::revoke))
        .route("/.well-known/openid_configuration", get(authorize::discovery))
        .route("/.well-known/openid_sandbox_configuration", get(authorize::discovery))
        .route("/v3/company/{*rest}", any(company))
        .merge(admin::routes())
        .fallback(elsewhere)
        .with_state(app.clone())
        .merge(crate::admin::routes(app));
    recorder.around(router)
}

async fn company(
    State(app): State<Arc<App>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = Call::new(method, &uri, &headers, body);
    app.tally.request(&call.label());
    let fault = if call.is_write() { app.faults.next_write() } else { app.faults.next() };
    let mut response = app.under(fault, async { answer(&app, &call).into_response() }).await;
    response.headers_mut().insert("intuit_tid", app.tid());
    response
}

async fn elsewhere(State(app): State<Arc<App>>, method: Method, uri: Uri) -> Response {
    app.tally.note(|s| s.not_modelled += 1);
    let refusal = Refusal::not_modelled(format!("{method} {}", uri.path()));
    Answer::refusal(&refusal, "").into_response()
}

/// The row key of an id given by a test or an administrator.
pub(crate) fn key(id: &str) -> Result<u64, Refusal> {
    key_of_id(id).ok_or_else(Refusal::not_found)
}
