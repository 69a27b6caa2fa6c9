//! The simulator's parts together, and its routes.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use axum::routing::{any, get, post};
use serde_json::json;

use super::call::{Call, guard};
use super::config::XeroConfig;
use super::limits::{Meters, gates};
use super::people::People;
use super::refusal::Refusal;
use super::store::{Book, Change};
use super::webhooks::Announcer;
use super::{dispatch, identity};
use crate::faults::{Fault, Faults};
use crate::kit::window::Gate;
use crate::kit::{Answer, Clock, Ids, Recorder, Tally, faulty, hands};

/// Largest body: about 3.5 MB (fact sheet, "Bulk / batch").
const LARGEST: usize = 3_670_016;

/// Everything the handlers share.
pub(super) struct App {
    pub(super) config: XeroConfig,
    pub(super) clock: Clock,
    pub(super) tally: Tally,
    pub(super) faults: Faults,
    pub(super) recorder: Recorder,
    pub(super) announcer: Option<Announcer>,
    books: BTreeMap<String, Mutex<Book>>,
    people: Mutex<People>,
    meters: Mutex<Meters>,
    gates: BTreeMap<String, Gate>,
    instances: Mutex<Ids>,
}

impl App {
    pub(super) fn new(config: XeroConfig) -> std::io::Result<Self> {
        let clock = Clock::default();
        let tally = Tally::default();
        let faults = Faults::new(config.faults.clone());
        let announcer = config
            .webhook
            .clone()
            .map(|webhook| Announcer::start(webhook, config.seed, faults.clone(), tally.clone()));
        let books = config.organisations.iter().map(|own| {
            let book = Book::new(own, &config, clock.clone());
            (own.tenant_id.clone(), Mutex::new(book))
        });
        Ok(Self {
            books: books.collect(),
            people: Mutex::new(People::new(&config)),
            meters: Mutex::new(Meters::new(&config)),
            gates: gates(&config),
            instances: Mutex::new(Ids::new(config.seed ^ 7)),
            recorder: Recorder::default(),
            announcer: announcer.transpose()?,
            config,
            clock,
            tally,
            faults,
        })
    }

    /// One organisation's books; `None` when there is no such organisation.
    pub(super) fn book(&self, tenant_id: &str) -> Option<MutexGuard<'_, Book>> {
        let book = self.books.get(tenant_id)?;
        Some(book.lock().expect("no code panics while it holds the books"))
    }

    /// All organisations.
    pub(super) fn tenants(&self) -> impl Iterator<Item = &str> {
        self.books.keys().map(String::as_str)
    }

    pub(super) fn people(&self) -> MutexGuard<'_, People> {
        self.people.lock().expect("no code panics while it holds the grants")
    }

    pub(super) fn meters(&self) -> MutexGuard<'_, Meters> {
        self.meters.lock().expect("no code panics while it holds the limits")
    }

    /// A new id of an answer.
    pub(super) fn instance(&self) -> String {
        self.instances.lock().expect("no code panics while it makes ids").uuid()
    }

    /// How late lists are, in milliseconds.
    pub(super) fn lag_ms(&self) -> i64 {
        i64::try_from(self.faults.plan().search_lag_ms).unwrap_or(i64::MAX)
    }

    /// Hands changes to the webhook.
    pub(super) fn publish(&self, changes: Vec<Change>) {
        if let Some(announcer) = &self.announcer {
            announcer.send(changes);
        }
    }

    /// A refusal as an answer, counted.
    pub(super) fn refused(&self, refusal: &Refusal) -> Answer {
        if refusal.is_not_modelled() {
            self.tally.note("not_modelled");
        }
        refusal.answer()
    }

    /// A 429 about this limit.
    pub(super) fn throttled(&self, limit: &str, seconds: u64) -> Answer {
        self.tally.note("throttled");
        too_many(limit, Some(seconds))
    }

    fn injected(&self, status: u16) -> Answer {
        if status == 429 {
            return too_many("minute", self.faults.plan().retry_after_s);
        }
        let body = json!({
            "ErrorNumber": 0, "Type": "UnhandledException", "Message": "An error occurred in Xero. Try again later"
        });
        Answer::json(500, &body)
    }

    /// Runs a handler under a fault, with the provider's own bodies.
    pub(super) async fn under(&self, fault: Fault, commit: impl Future<Output = Response>) -> Response {
        let shape = |status| self.injected(status).into_response();
        faulty::under((&self.faults, &self.tally), fault, shape, commit).await
    }
}

fn too_many(limit: &str, seconds: Option<u64>) -> Answer {
    let text = "<html><body>Too many requests</body></html>";
    let answer = Answer::text(429, "text/html; charset=utf-8", text).with("X-Rate-Limit-Problem", limit);
    match seconds {
        Some(seconds) => answer.with("Retry-After", seconds.to_string()),
        None => answer,
    }
}

/// All routes.
pub(super) fn router(app: &Arc<App>) -> Router {
    let router = Router::new()
        .route("/identity/connect/authorize", get(identity::authorize))
        .route("/connect/token", post(identity::token))
        .route("/connect/revocation", post(identity::revoke))
        .route("/connections", get(identity::connections))
        .route("/Connections", get(identity::connections))
        .route("/connections/{id}", any(identity::disconnect))
        .route("/Connections/{id}", any(identity::disconnect))
        .route("/api.xro/2.0/{*rest}", any(accounting))
        .fallback(elsewhere)
        .layer(DefaultBodyLimit::max(LARGEST))
        .with_state(app.clone())
        .merge(hands::routes(app.clone()))
        .merge(crate::admin::routes(app.clone()));
    app.recorder.around(router)
}

async fn accounting(
    State(app): State<Arc<App>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = Call::new(method, &uri, headers, body);
    app.tally.request(&call.label());
    let fault = if call.is_write() { app.faults.next_write() } else { app.faults.next() };
    let gate = app.gates.get(call.tenant());
    let pass = gate.map(Gate::enter);
    let has_place = pass.as_ref().is_none_or(Option::is_some);
    let response = app
        .under(fault, async {
            let answer = match guard(&app, &call, has_place) {
                Ok(()) => {
                    tokio::time::sleep(Duration::from_millis(app.config.latency_ms)).await;
                    dispatch::answer(&app, &call)
                }
                Err(refused) => refused,
            };
            app.meters().mark(answer, call.tenant(), app.clock.now_ms()).into_response()
        })
        .await;
    drop(pass);
    response
}

async fn elsewhere(State(app): State<Arc<App>>, method: Method, uri: Uri) -> Response {
    app.refused(&Refusal::not_modelled(format!("{method} {}", uri.path()))).into_response()
}
