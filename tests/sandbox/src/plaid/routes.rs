//! The simulator's parts together, and its routes.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use axum::routing::{any, get};
use serde_json::{Value, json};

use super::admin;
use super::config::PlaidConfig;
use super::endpoints::{Endpoint, Ground, find};
use super::fields;
use super::limits::Limits;
use super::refusal::Refusal;
use super::signing::Signer;
use super::webhooks::{Messenger, Notice};
use super::world::World;
use crate::faults::Faults;
use crate::kit::answer::Answer;
use crate::kit::clock::Clock;
use crate::kit::consent::header_text;
use crate::kit::decimals::{Object, text_of};
use crate::kit::poster::Poster;
use crate::kit::recorder::Recorder;
use crate::kit::tally::Tally;
use crate::kit::{faulty, hands};

/// The one version of the API.
const VERSION: &str = "2020-09-14";
/// How often the banks' own doings are looked for.
const TICK: Duration = Duration::from_millis(200);

/// Everything the handlers share.
pub(crate) struct App {
    pub(crate) config: PlaidConfig,
    pub(crate) clock: Clock,
    pub(crate) tally: Tally,
    pub(crate) faults: Faults,
    pub(crate) recorder: Recorder,
    pub(crate) signer: Signer,
    pub(crate) poster: Poster<Notice>,
    world: Mutex<World>,
    limits: Mutex<Limits>,
    requests: AtomicU64,
}

impl App {
    /// Errors: no key or no thread can be made.
    pub(crate) fn new(config: PlaidConfig) -> std::io::Result<Arc<Self>> {
        let (clock, tally) = (Clock::default(), Tally::default());
        let faults = Faults::new(config.faults.clone());
        let signer = Signer::new(config.seed, clock.now_ms())?;
        let messenger =
            Messenger { clock: clock.clone(), signer: signer.clone(), disorder: config.webhook_disorder };
        let poster = Poster::start(messenger, config.webhook_pace, faults.clone(), tally.clone())?;
        let app = Arc::new(Self {
            world: Mutex::new(World::new(&config)),
            limits: Mutex::default(),
            recorder: Recorder::hiding(&["plaid-secret"]),
            requests: AtomicU64::new(0),
            config,
            clock,
            tally,
            faults,
            signer,
            poster,
        });
        let watched = Arc::downgrade(&app);
        std::thread::Builder::new().name("sandbox-banks".into()).spawn(move || run_banks(&watched))?;
        Ok(app)
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("no code panics while it holds the items")
    }

    /// Works on the items, lets time do its part and sends what there is to tell.
    pub(crate) fn with<T>(&self, what: impl FnOnce(&mut World, i64) -> T) -> T {
        let now_ms = self.clock.now_ms();
        let mut world = self.world();
        world.tick(now_ms);
        let done = what(&mut world, now_ms);
        let notices = std::mem::take(&mut world.outbox);
        drop(world);
        self.poster.send(notices);
        done
    }

    /// `request_id`, another for each answer.
    fn request_id(&self) -> String {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        format!("{:04x}{number:011x}", self.config.seed & 0xffff)
    }

    /// A refusal as the provider answers it.
    pub(crate) fn refuse(&self, refusal: &Refusal) -> Answer {
        if refusal.is_not_modelled() {
            self.tally.note("not_modelled");
        }
        if *refusal == Refusal::bad_keys() {
            self.tally.note("unauthorized");
        }
        Answer::json(refusal.status, &refusal.body(&self.request_id()))
    }
}

/// Banks have their own time: histories arrive and webhooks leave without anybody asking.
fn run_banks(app: &Weak<App>) {
    while let Some(app) = app.upgrade() {
        app.with(|_, _| ());
        drop(app);
        std::thread::sleep(TICK);
    }
}

/// All routes.
pub(crate) fn router(app: &Arc<App>) -> Router {
    let router = Router::new()
        .route("/link/{token}", get(admin::hosted))
        .merge(admin::routes())
        .fallback(any(api))
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
    app.tally.request(uri.path());
    let endpoint = find(uri.path());
    let writes = endpoint.is_some_and(|endpoint| is_write(endpoint.path));
    let fault = if writes { app.faults.next_write() } else { app.faults.next() };
    let shape = |status| {
        let refusal = if status == 429 { Refusal::limit("RATE_LIMIT", false) } else { Refusal::broken() };
        app.refuse(&refusal).into_response()
    };
    let commit = async {
        match answer(&app, &method, uri.path(), (&headers, &body)) {
            Ok(body) => Answer::json(200, &body).into_response(),
            Err(refusal) => {
                if refusal.status == 429 {
                    app.tally.note("throttled");
                }
                app.refuse(&refusal).into_response()
            }
        }
    };
    faulty::under((&app.faults, &app.tally), fault, shape, commit).await
}

/// Every call is a POST; these change something.
fn is_write(path: &str) -> bool {
    path.starts_with("/item/") && path != "/item/get"
        || path.starts_with("/sandbox/")
        || path == "/link/token/create"
}

fn answer(
    app: &App,
    method: &Method,
    path: &str,
    (headers, body): (&HeaderMap, &[u8]),
) -> Result<Value, Refusal> {
    let Some(endpoint) = find(path) else { return Err(Refusal::not_modelled(path)) };
    if method != Method::POST {
        return Err(Refusal::not_found());
    }
    let body = read(headers, body)?;
    let version = header_text(headers, "plaid-version");
    if !matches!(version, "" | VERSION) {
        return Err(Refusal::not_modelled(format!("Plaid-Version {version}")));
    }
    keys_fit(app, headers, &body)?;
    fields::check(endpoint.fields, &body)?;
    admit(app, endpoint, &body)?;
    let host = header_text(headers, "host").to_owned();
    let mut done = app.with(|world, now_ms| {
        let mut ground = Ground { world, app, config: &app.config, now_ms, host: &host };
        (endpoint.call)(&mut ground, &body)
    })?;
    done["request_id"] = json!(app.request_id());
    Ok(done)
}

fn read(headers: &HeaderMap, body: &[u8]) -> Result<Object, Refusal> {
    let is_json = header_text(headers, "content-type").to_ascii_lowercase().starts_with("application/json");
    let body = serde_json::from_slice(body).ok().filter(|_| is_json);
    body.ok_or_else(|| Refusal::request("INVALID_BODY", "body could not be parsed as JSON"))
}

/// In headers or in the body (fact sheet, "Auth").
fn keys_fit(app: &App, headers: &HeaderMap, body: &Object) -> Result<(), Refusal> {
    let given = |header: &str, field: &str| match header_text(headers, header) {
        "" => text_of(body, field).to_owned(),
        text => text.to_owned(),
    };
    let (id, secret) = (given("plaid-client-id", "client_id"), given("plaid-secret", "secret"));
    if id.is_empty() || secret.is_empty() {
        let missing: Vec<String> = [("client_id", &id), ("secret", &secret)]
            .into_iter()
            .filter(|(_, value)| value.is_empty())
            .map(|(name, _)| name.to_owned())
            .collect();
        return Err(Refusal::missing(&missing));
    }
    if id == app.config.client_id && secret == app.config.secret { Ok(()) } else { Err(Refusal::bad_keys()) }
}

fn admit(app: &App, endpoint: &Endpoint, body: &Object) -> Result<(), Refusal> {
    let Some((limit, code)) = endpoint.limit else { return Ok(()) };
    let limit = limit(&app.config.limits);
    let token = text_of(body, "access_token");
    let now_ms = app.clock.now_ms();
    // An item is one however many tokens it has had.
    let item = app.world().tokens.get(token).cloned().unwrap_or_default();
    let mut limits = app.limits.lock().expect("no code panics while it holds the limits");
    limits.admit(endpoint.path, (&item, limit, code), now_ms)
}
