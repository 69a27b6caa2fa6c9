//! Steering a run: edits as at the dashboard, over HTTP and by the handle.
//!
//! Besides the shared routes:
//! - `POST /admin/invoices/{id}/{finalize|pay_out_of_band|void|mark_uncollectible}`;
//! - `POST /admin/payout/{currency}`, `POST /admin/dispute/{charge}`;
//! - `POST /admin/roll_secret/{endpoint}/{overlap_s}`: a new signing secret.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::post;
use serde_json::{Value, json};

use super::actions::{Done, Verb, dispute, payout, perform};
use super::business_keys::duplicates;
use super::endpoints::params_of;
use super::events::notices;
use super::form::Node;
use super::kind::Kind;
use super::params::read;
use super::refusal::Refusal;
use super::routes::App;
use super::work::{Cause, Work};
use crate::faults::Faults;
use crate::kit::answer::Answer;
use crate::kit::clock::seconds_ms;
use crate::kit::hands::Hands;

/// The longest two secrets sign side by side (fact sheet, "Webhooks").
const LONGEST_OVERLAP_S: u64 = 24 * 3600;

impl App {
    /// Works on the platform's test objects as a person at the dashboard, and tells of it.
    pub(crate) fn at_hand<T>(&self, what: impl FnOnce(&mut Work) -> Result<T, Refusal>) -> Result<T, Value> {
        self.at_hand_of(&self.config.account_id, what)
    }

    /// The same for a connected account.
    pub(crate) fn at_hand_of<T>(
        &self,
        account: &str,
        what: impl FnOnce(&mut Work) -> Result<T, Refusal>,
    ) -> Result<T, Value> {
        let mut world = self.world();
        let version = world.account_version.clone();
        let done = world.work((account, false), &version, (Cause::default(), self.clock.now_ms()), what);
        let notices = world.dispatch();
        drop(world);
        self.poster.send(notices);
        done.map_err(|refusal| refusal.body("", false))
    }

    /// Does to an object what an endpoint does; parameters as JSON.
    pub(crate) fn act(&self, (verb, entity): (Verb, &str), id: &str, body: &Value) -> Result<Value, Value> {
        self.at_hand(|work| by_hand(work, (verb, entity), id, body))
    }

    /// A new signing secret for an endpoint; the old one signs for `overlap_s` more seconds.
    pub(crate) fn roll_secret(&self, endpoint: &str, overlap_s: u64) -> Result<String, Value> {
        let until_ms = self.clock.now_ms() + seconds_ms(overlap_s.min(LONGEST_OVERLAP_S));
        self.at_hand(|work| {
            let kind = Kind::of_id(endpoint).unwrap_or(Kind::WebhookEndpoint);
            work.find(kind, endpoint, "id")?;
            let secret = work.ledger.ids.base62("whsec_", 32);
            work.alter(kind, endpoint, |hook| notices::roll(hook, &secret, until_ms));
            Ok(secret)
        })
    }

    /// The counters, with the duplicates of this moment.
    pub(crate) fn counted(&self) -> Value {
        let mut stats = self.tally.snapshot();
        stats["duplicates"] = json!(self.duplicates());
        stats
    }

    pub(crate) fn duplicates(&self) -> u64 {
        duplicates(self.world().ledgers(), self.config.reference_metadata.as_deref())
    }
}

/// As the API would, without key, limits and idempotency.
pub(crate) fn by_hand(
    work: &mut Work,
    (verb, entity): (Verb, &str),
    id: &str,
    body: &Value,
) -> Result<Value, Refusal> {
    let kind = Kind::named(entity).ok_or_else(|| Refusal::not_modelled(format!("entity {entity}"), ""))?;
    let params =
        params_of(verb, kind).ok_or_else(|| Refusal::not_modelled(format!("{verb:?} of {entity}"), ""))?;
    let params = read(params, &Node::of_json(body), work.version)?;
    Ok(match perform(work, (verb, kind), id, &params)? {
        Done::Object(id) => work.shown(kind, &id),
        Done::Body(body) => body,
    })
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

impl Hands for App {
    fn create(&self, entity: &str, body: Value) -> Result<Value, Value> {
        self.act((Verb::Create, entity), "", &body)
    }

    fn edit(&self, entity: &str, id: &str, patch: Value) -> Result<Value, Value> {
        self.act((Verb::Update, entity), id, &patch)
    }

    fn delete(&self, entity: &str, id: &str) -> Result<Value, Value> {
        self.act((Verb::Delete, entity), id, &json!({}))
    }

    fn expire_access_tokens(&self) {
        self.callers().expire_all();
    }

    fn revoke(&self) {
        self.callers().revoke_all();
    }

    fn advance_clock(&self, seconds: u32) {
        self.clock.advance(i64::from(seconds));
        self.settle();
    }
}

/// The simulator's own administrative routes.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/admin/invoices/{id}/{verb}", post(invoice))
        .route("/admin/payout/{currency}", post(pay_out))
        .route("/admin/dispute/{charge}", post(disputed))
        .route("/admin/roll_secret/{endpoint}/{overlap_s}", post(rolled))
}

fn shown(done: Result<Value, Value>) -> Response {
    match done {
        Ok(body) => Answer::json(200, &body).into_response(),
        Err(body) => Answer::json(400, &body).into_response(),
    }
}

async fn invoice(State(app): State<Arc<App>>, Path((id, verb)): Path<(String, String)>) -> Response {
    let (verb, body) = match verb.as_str() {
        "finalize" => (Verb::Finalize, json!({})),
        "pay_out_of_band" => (Verb::Pay, json!({"paid_out_of_band": true})),
        "void" => (Verb::Void, json!({})),
        "mark_uncollectible" => (Verb::MarkUncollectible, json!({})),
        _ => return shown(Err(Refusal::not_modelled(verb, "").body("", false))),
    };
    shown(app.act((verb, "invoice"), &id, &body))
}

async fn pay_out(State(app): State<Arc<App>>, Path(currency): Path<String>) -> Response {
    shown(app.at_hand(|work| {
        let id = payout(work, &currency)?;
        Ok(work.shown(Kind::Payout, &id))
    }))
}

async fn disputed(State(app): State<Arc<App>>, Path(charge): Path<String>) -> Response {
    shown(app.at_hand(|work| {
        let id = dispute(work, &charge, "fraudulent")?;
        Ok(work.shown(Kind::Dispute, &id))
    }))
}

async fn rolled(State(app): State<Arc<App>>, Path((endpoint, overlap_s)): Path<(String, u64)>) -> Response {
    shown(app.roll_secret(&endpoint, overlap_s).map(|secret| json!({"secret": secret})))
}
