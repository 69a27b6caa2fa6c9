//! The simulator's parts together, and its routes.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::extract::State;
use axum::http::{Method, Uri};
use axum::response::Response;
use axum::routing::{any, get, post};
use serde_json::{Value, json};

use super::change::Caller;
use super::config::ShopifyConfig;
use super::graph::schema::Schema;
use super::store::{Shop, View};
use super::tokens::Grants;
use super::webhooks::{Notice, Post, notices};
use super::{bulk, call, keys, oauth, rest, versions};
use crate::faults::Faults;
use crate::kit::poster::Poster;
use crate::kit::window::LeakyBucket;
use crate::kit::{Answer, Clock, Ids, Recorder, Tally};

/// What the shop's owner or the provider has done to the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShopState {
    /// Open for business.
    Open,
    /// Not paid for: 402.
    Frozen,
    /// Locked by the provider: 423.
    Locked,
}

/// Everything the handlers share.
pub(crate) struct App {
    pub(crate) config: ShopifyConfig,
    pub(crate) clock: Clock,
    pub(crate) tally: Tally,
    pub(crate) faults: Faults,
    pub(crate) recorder: Recorder,
    shop: Arc<Mutex<Shop>>,
    grants: Mutex<Grants>,
    points: Mutex<LeakyBucket>,
    rest: Mutex<LeakyBucket>,
    schemas: Mutex<BTreeMap<String, Arc<Schema>>>,
    events: Mutex<Ids>,
    state: Mutex<ShopState>,
    poster: Poster<Notice>,
}

impl App {
    pub(crate) fn new(config: ShopifyConfig) -> std::io::Result<Self> {
        let (clock, tally) = (Clock::default(), Tally::default());
        let faults = Faults::new(config.faults.clone());
        let shop = Arc::new(Mutex::new(Shop::new(&config, clock.clone(), tally.clone())));
        let post = Post {
            secret: config.client_secret.clone(),
            ids: Ids::new(config.seed ^ 0xD311),
            shop: Arc::downgrade(&shop),
            under_way: HashMap::new(),
        };
        let poster = Poster::start(post, config.pace, faults.clone(), tally.clone())?;
        Ok(Self {
            shop,
            grants: Mutex::new(Grants::new(config.seed, config.access_token_ttl_s)),
            points: Mutex::new(LeakyBucket::new(config.bucket_points, config.restore_per_second)),
            rest: Mutex::new(LeakyBucket::new(config.rest_bucket, config.rest_per_second)),
            schemas: Mutex::default(),
            events: Mutex::new(Ids::new(config.seed)),
            state: Mutex::new(ShopState::Open),
            poster,
            recorder: Recorder::hiding(&["x-shopify-access-token", "code", "hmac"]),
            config,
            clock,
            tally,
            faults,
        })
    }

    pub(crate) fn shop(&self) -> MutexGuard<'_, Shop> {
        let mut shop = self.shop.lock().expect("no code panics while it holds the shop");
        shop.keep_previous = self.faults.plan().search_lag_ms > 0;
        shop
    }

    pub(crate) fn grants(&self) -> MutexGuard<'_, Grants> {
        self.grants.lock().expect("no code panics while it holds the grants")
    }

    pub(crate) fn points(&self) -> MutexGuard<'_, LeakyBucket> {
        self.points.lock().expect("no code panics while it holds the bucket")
    }

    pub(crate) fn rest_calls(&self) -> MutexGuard<'_, LeakyBucket> {
        self.rest.lock().expect("no code panics while it holds the bucket")
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, ShopState> {
        self.state.lock().expect("no code panics while it holds the state")
    }

    /// The schema of a version that exists.
    pub(crate) fn schema(&self, version: &str) -> Arc<Schema> {
        let mut schemas = self.schemas.lock().expect("no code panics while it holds the schemas");
        let made = || Arc::new(Schema::of(version));
        schemas.entry(version.to_owned()).or_insert_with(made).clone()
    }

    /// What lists show now.
    pub(crate) fn view(&self, all_orders: bool) -> View {
        let lag_ms = i64::try_from(self.faults.plan().search_lag_ms).unwrap_or(i64::MAX);
        View { now_ms: self.clock.now_ms(), lag_ms, all_orders }
    }

    /// A caller under a version.
    pub(crate) fn caller(&self, version: &str, base_url: String, by_hand: bool) -> Caller {
        let (version, schema, bulk_ms) = (version.to_owned(), self.schema(version), self.config.bulk_ms);
        Caller { schema, version, base_url, bulk_ms, scopes: Vec::new(), by_hand }
    }

    /// The newest version.
    pub(crate) fn latest(&self) -> String {
        versions::latest(self.clock.now_ms())
    }

    /// Hands the changes made to the webhook sender.
    pub(crate) fn publish(&self, shop: &mut Shop) {
        let changes = std::mem::take(&mut shop.changes);
        if changes.is_empty() {
            return;
        }
        let version = self.latest();
        let mut ids = self.events.lock().expect("no code panics while it holds the ids");
        let mut queue = Vec::new();
        for change in &changes {
            queue.extend(notices(shop, change, self.config.webhook.as_ref(), (&mut ids, &version)));
        }
        self.poster.send(queue);
    }

    /// What became of webhooks.
    pub(crate) fn outcomes(&self) -> Vec<crate::kit::poster::Outcome> {
        self.poster.outcomes()
    }

    /// The merchant uninstalls the app: its tokens are dead and it is told.
    pub(crate) fn uninstall(&self) {
        self.grants().revoke_all();
        let mut shop = self.shop();
        let gid = shop.info()["id"].as_str().unwrap_or_default().to_owned();
        let info = shop.info();
        let payload = json!({
            "id": self.config.shop_id, "name": info["name"], "email": info["email"], "domain": self.config.shop_domain,
            "myshopify_domain": self.config.shop_domain, "currency": info["currencyCode"],
        });
        shop.changes.push(super::store::Change { topic: "APP_UNINSTALLED", gid, payload: Some(payload) });
        self.publish(&mut shop);
    }

    pub(crate) fn counted(&self) -> Value {
        let mut stats = self.tally.snapshot();
        stats["duplicates"] = json!(keys::duplicates(&self.shop()));
        stats
    }
}

impl crate::admin::Admin for App {
    fn faults(&self) -> &Faults {
        &self.faults
    }

    fn stats(&self) -> Value {
        self.counted()
    }

    fn reset(&self) {
        self.tally.reset();
    }
}

/// All routes.
pub(crate) fn router(app: Arc<App>) -> Router {
    let recorder = app.recorder.clone();
    let router = Router::new()
        .route("/admin/oauth/authorize", get(oauth::authorize))
        .route("/admin/oauth/access_token", post(oauth::token))
        .route("/admin/api/{version}/graphql.json", any(call::graphql))
        .route("/admin/api/{version}/{*rest}", any(rest::rest))
        .route("/bulk/{file}", get(bulk::file))
        .fallback(elsewhere)
        .with_state(app.clone())
        .merge(crate::admin::routes(app.clone()))
        .merge(crate::kit::hands::routes(app));
    recorder.around(router)
}

async fn elsewhere(State(app): State<Arc<App>>, method: Method, uri: Uri) -> Response {
    app.tally.note("not_modelled");
    let body = json!({"errors": "Not Found", "not_modelled": format!("{method} {}", uri.path())});
    Answer::json(404, &body).into_response()
}
