//! The simulator's parts together, and its routes.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use axum::routing::{any, get, post};

use super::admission::{self, Admitted};
use super::call::Call;
use super::callers::Callers;
use super::config::StripeConfig;
use super::events::destinations;
use super::events::notices::Notice;
use super::events::webhooks::Messenger;
use super::refusal::Refusal;
use super::version::Version;
use super::world::{Acks, World};
use super::{admin, connect};
use crate::faults::{Fault, Faults};
use crate::kit::answer::Answer;
use crate::kit::clock::Clock;
use crate::kit::poster::Poster;
use crate::kit::recorder::Recorder;
use crate::kit::tally::Tally;
use crate::kit::window::Gate;
use crate::kit::{faulty, hands};

/// Everything the handlers share.
pub(crate) struct App {
    pub(crate) config: StripeConfig,
    pub(crate) clock: Clock,
    pub(crate) tally: Tally,
    pub(crate) faults: Faults,
    pub(crate) recorder: Recorder,
    pub(crate) poster: Poster<Notice>,
    gate: Gate,
    world: Mutex<World>,
    callers: Mutex<Callers>,
    requests: AtomicU64,
}

impl App {
    /// Errors: the version is none, or no thread can be started.
    pub(crate) fn new(config: StripeConfig) -> std::io::Result<Self> {
        let version = Version::parse(&config.api_version)
            .ok_or_else(|| std::io::Error::other("api_version is no version of the API"))?;
        let (clock, tally) = (Clock::default(), Tally::default());
        let faults = Faults::new(config.faults.clone());
        let acks = Acks::default();
        let messenger =
            Messenger { clock: clock.clone(), disorder: config.webhook_disorder, acks: Arc::clone(&acks) };
        let poster = Poster::start(messenger, config.webhook_pace, faults.clone(), tally.clone())?;
        Ok(Self {
            world: Mutex::new(World::new(&config, version, acks)),
            callers: Mutex::new(Callers::new(&config)),
            gate: Gate::new(config.concurrency),
            recorder: Recorder::hiding(&["client_secret"]),
            requests: AtomicU64::new(0),
            config,
            clock,
            tally,
            faults,
            poster,
        })
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("no code panics while it holds the accounts")
    }

    pub(crate) fn callers(&self) -> MutexGuard<'_, Callers> {
        self.callers.lock().expect("no code panics while it holds the keys")
    }

    /// How far searches are behind, in milliseconds.
    pub(crate) fn lag_ms(&self) -> i64 {
        let lag = self.config.search_lag_ms.max(self.faults.plan().search_lag_ms);
        i64::try_from(lag).unwrap_or(i64::MAX)
    }

    /// Lets the clock do its work and tells those who listen.
    pub(crate) fn settle(&self) {
        let mut world = self.world();
        world.tick(self.clock.now_ms());
        let notices = world.dispatch();
        drop(world);
        self.poster.send(notices);
    }

    /// `req_…`, another for each request.
    fn request_id(&self) -> String {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        format!("req_{:06x}{number:08x}", self.config.seed & 0xff_ffff)
    }

    /// A refusal as the provider answers it.
    pub(crate) fn refusal(&self, refusal: &Refusal, call: &Call, livemode: bool) -> Answer {
        if refusal.is_not_modelled() {
            self.tally.note("not_modelled");
        }
        match refusal.status {
            401 => self.tally.note("unauthorized"),
            429 => self.tally.note("throttled"),
            _ => {}
        }
        let mut answer = Answer::json(refusal.status, &refusal.body(&call.request_id, livemode));
        if refusal.status == 401 {
            answer = answer.with("www-authenticate", "Basic realm=\"Stripe\"");
        }
        if !refusal.limited.is_empty() {
            answer = answer.with("stripe-rate-limited-reason", refusal.limited);
        }
        match refusal.retry {
            Some(retry) => answer.with("stripe-should-retry", retry.to_string()),
            None => answer,
        }
    }
}

/// All routes.
pub(crate) fn router(app: &Arc<App>) -> Router {
    let router = Router::new()
        .route("/oauth/authorize", get(connect::authorize))
        .route("/oauth/token", post(connect::token))
        .route("/oauth/deauthorize", post(connect::deauthorize))
        .route("/{*rest}", any(api))
        .merge(admin::routes())
        .with_state(Arc::clone(app))
        .merge(crate::admin::routes(Arc::clone(app)))
        .merge(hands::routes(Arc::clone(app)));
    app.recorder.around(router)
}

async fn api(
    State(app): State<Arc<App>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = Call::new(app.request_id(), method, &uri, &headers, body);
    let fault = if call.is_write() { app.faults.next_write() } else { app.faults.next() };
    let pass = app.gate.enter();
    app.settle();
    let admitted = match &pass {
        Some(_) if call.is_v2() => Admitted::Done(destinations::answer(&app, &call)),
        Some(_) => admission::admit(&app, &call),
        None => Admitted::Done(app.refusal(&Refusal::rate("global-concurrency"), &call, false)),
    };
    let shape = |status| admission::fault(&app, &call, &admitted, status).into_response();
    let commit = async { admission::run(&app, &call, &admitted).into_response() };
    // A delayed answer is still running: its key is in use until this returns.
    let response = faulty::under((&app.faults, &app.tally), fault, shape, commit).await;
    if fault == Fault::None {
        app.settle();
    }
    drop(pass);
    response
}
