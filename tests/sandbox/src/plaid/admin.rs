//! Steering a run: users at their banks, over HTTP and by the handle.
//!
//! Besides the shared routes (`transaction`, `account`, `item`):
//! - `POST /admin/link/{link_token}/{institution}/{login}`: a user goes through Link;
//! - `POST /admin/post/{transaction}`: a pending transaction is posted;
//! - `POST /admin/reset_login/{item}`, `POST /admin/repair/{item}`: a login breaks, is repaired;
//! - `POST /admin/rotate_key`: another key signs webhooks.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use axum::routing::post;
use serde_json::{Value, json};

use super::bank;
use super::link;
use super::refusal::Refusal;
use super::routes::App;
use super::transaction;
use super::world::World;
use crate::faults::Faults;
use crate::kit::answer::Answer;
use crate::kit::clock::date;
use crate::kit::decimals::{Object, text_of};
use crate::kit::hands::Hands;

/// The bank of the hosted page, and of items made by hand that name none.
const USUAL_BANK: &str = "ins_109508";
/// The login there.
const USUAL_LOGIN: &str = "user_good";

impl App {
    /// The counters, with the items billed and the duplicates of this moment.
    pub(crate) fn counted(&self) -> Value {
        let mut stats = self.tally.snapshot();
        stats["duplicates"] = json!(self.duplicates());
        let billed = self.world().items.values().filter(|item| !item.removed).count();
        stats["billed_items"] = json!(billed);
        stats
    }

    /// Items beyond the first of the same login at the same bank.
    pub(crate) fn duplicates(&self) -> u64 {
        let world = self.world();
        let live: Vec<_> = world
            .items
            .values()
            .filter(|item| !item.removed)
            .map(|item| (item.bank.id, &item.login))
            .collect();
        let different: std::collections::BTreeSet<_> = live.iter().collect();
        (live.len() - different.len()) as u64
    }

    /// Works as a user or a bank; the error is the API's body.
    pub(crate) fn at_hand<T>(
        &self,
        what: impl FnOnce(&mut World, i64) -> Result<T, Refusal>,
    ) -> Result<T, Value> {
        self.with(what).map_err(|refusal| refusal.body(""))
    }

    /// A user goes through Link.
    pub(crate) fn link(&self, token: &str, at: (&str, &str)) -> Result<Option<String>, Value> {
        self.at_hand(|world, now_ms| link::finish(world, &self.config, token, at, now_ms))
    }

    /// The user repaired the login without the client's Link.
    pub(crate) fn repair(&self, item: &str) {
        self.with(|world, now_ms| {
            if let Some(own) = world.items.get_mut(item) {
                own.error = None;
            }
            world.tell(item, ("ITEM", "LOGIN_REPAIRED"), &json!({}), now_ms);
            world.tell_sync(item, now_ms);
        });
    }
}

fn body_of(body: Value) -> Object {
    match body {
        Value::Object(body) => body,
        _ => Object::new(),
    }
}

fn create(world: &mut World, entity: &str, body: &Object, now_ms: i64) -> Result<Value, Refusal> {
    match entity {
        "transaction" => {
            let account = text_of(body, "account_id");
            let owner = world
                .items
                .values()
                .find(|item| item.accounts.iter().any(|own| own["account_id"] == account));
            let owner = owner.ok_or_else(|| Refusal::field("account_id", "is unknown"))?;
            let (item, account) =
                (owner.id.clone(), owner.accounts_of(Some(&json!([account])))?.swap_remove(0));
            let fresh = world.ids.base62("", 37);
            let made = transaction::made(&fresh, &account, body, &date(now_ms))?;
            world.book(&item, made.clone(), now_ms);
            Ok(Value::Object(made))
        }
        "item" => {
            let asked = |name: &str, usual: &str| match text_of(body, name) {
                "" => usual.to_owned(),
                text => text.to_owned(),
            };
            let bank = bank::find(&asked("institution_id", USUAL_BANK))
                .ok_or_else(|| Refusal::input("INVALID_INSTITUTION", "invalid institution_id provided"))?;
            let item = world.add_item(bank, &asked("login", USUAL_LOGIN), now_ms);
            let id = item.id.clone();
            item.webhook = body.get("webhook").and_then(Value::as_str).map(str::to_owned);
            world.want(&id, body.get("days_requested").and_then(Value::as_i64), now_ms);
            let token = world.grant(&id);
            let accounts = world.item_of(&token)?.accounts.clone();
            Ok(json!({"item_id": id, "access_token": token, "accounts": accounts}))
        }
        _ => Err(Refusal::not_modelled(format!("entity {entity}"))),
    }
}

fn edit(
    world: &mut World,
    (entity, id): (&str, &str),
    patch: &Object,
    now_ms: i64,
) -> Result<Value, Refusal> {
    match entity {
        "transaction" => {
            let owner = world.owner_of(id)?;
            let Some(item) = world.items.get_mut(&owner) else { return Err(transaction::unknown()) };
            if let Some(held) = item.held.iter_mut().find(|body| text_of(body, "transaction_id") == id) {
                transaction::change(held, patch)?;
                return Ok(Value::Object(held.clone()));
            }
            let mut body = item.transactions.get(id).cloned().ok_or_else(transaction::unknown)?;
            transaction::change(&mut body, patch)?;
            item.put(id, body.clone());
            world.tell_sync(&owner, now_ms);
            Ok(Value::Object(body))
        }
        "account" => {
            let mut accounts = world.items.values_mut().flat_map(|item| item.accounts.iter_mut());
            let account = accounts.find(|account| account["account_id"] == id);
            let account = account.ok_or_else(|| Refusal::field("account_id", "is unknown"))?;
            for (name, value) in patch {
                match (account[name].as_object_mut(), value.as_object()) {
                    (Some(own), Some(given)) => own.extend(given.clone()),
                    _ => account[name] = value.clone(),
                }
            }
            Ok(account.clone())
        }
        _ => Err(Refusal::not_modelled(format!("edit of {entity}"))),
    }
}

fn delete(world: &mut World, entity: &str, id: &str, now_ms: i64) -> Result<Value, Refusal> {
    match entity {
        "transaction" => {
            let owner = world.owner_of(id)?;
            let Some(item) = world.items.get_mut(&owner) else { return Err(transaction::unknown()) };
            item.held.retain(|body| text_of(body, "transaction_id") != id);
            if item.take(id) {
                world.tell_sync(&owner, now_ms);
            }
            Ok(json!({}))
        }
        "account" => {
            let owner =
                world.items.values_mut().find(|item| item.accounts.iter().any(|own| own["account_id"] == id));
            let owner = owner.ok_or_else(|| Refusal::field("account_id", "is unknown"))?;
            owner.accounts.retain(|own| own["account_id"] != id);
            let item = owner.id.clone();
            world.tell(&item, ("ITEM", "USER_ACCOUNT_REVOKED"), &json!({"account_id": id}), now_ms);
            Ok(json!({}))
        }
        "item" => {
            let known = world.items.contains_key(id);
            world.fail(id, "USER_PERMISSION_REVOKED", None, now_ms);
            if known { Ok(json!({})) } else { Err(Refusal::item("ITEM_NOT_FOUND", None)) }
        }
        _ => Err(Refusal::not_modelled(format!("delete of {entity}"))),
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

impl Hands for App {
    fn create(&self, entity: &str, body: Value) -> Result<Value, Value> {
        self.at_hand(|world, now_ms| create(world, entity, &body_of(body), now_ms))
    }

    fn edit(&self, entity: &str, id: &str, patch: Value) -> Result<Value, Value> {
        self.at_hand(|world, now_ms| edit(world, (entity, id), &body_of(patch), now_ms))
    }

    fn delete(&self, entity: &str, id: &str) -> Result<Value, Value> {
        self.at_hand(|world, now_ms| delete(world, entity, id, now_ms))
    }

    /// Access tokens never expire here; the logins behind them break.
    fn expire_access_tokens(&self) {
        self.break_all("ITEM_LOGIN_REQUIRED");
    }

    fn revoke(&self) {
        self.break_all("USER_PERMISSION_REVOKED");
    }

    fn advance_clock(&self, seconds: u32) {
        self.clock.advance(i64::from(seconds));
        self.with(|_, _| ());
    }
}

impl App {
    fn break_all(&self, code: &str) {
        self.with(|world, now_ms| {
            let ids: Vec<String> = world.items.keys().cloned().collect();
            for id in ids {
                world.fail(&id, code, None, now_ms);
            }
        });
    }
}

/// The simulator's own administrative routes.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/admin/link/{token}/{institution}/{login}", post(linked))
        .route("/admin/post/{transaction}", post(posted))
        .route("/admin/reset_login/{item}", post(broken))
        .route("/admin/repair/{item}", post(repaired))
        .route("/admin/rotate_key", post(rotated))
}

fn shown(done: Result<Value, Value>) -> Response {
    match done {
        Ok(body) => Answer::json(200, &body).into_response(),
        Err(body) => Answer::json(400, &body).into_response(),
    }
}

async fn linked(
    State(app): State<Arc<App>>,
    Path((token, institution, login)): Path<(String, String, String)>,
) -> Response {
    shown(app.link(&token, (&institution, &login)).map(|public| json!({"public_token": public})))
}

async fn posted(State(app): State<Arc<App>>, Path(id): Path<String>) -> Response {
    let linked = app.config.link_pending;
    shown(app.at_hand(|world, now_ms| world.post(&id, (None, linked), now_ms)))
}

async fn broken(State(app): State<Arc<App>>, Path(item): Path<String>) -> Response {
    app.with(|world, now_ms| world.fail(&item, "ITEM_LOGIN_REQUIRED", None, now_ms));
    shown(Ok(json!({})))
}

async fn repaired(State(app): State<Arc<App>>, Path(item): Path<String>) -> Response {
    app.repair(&item);
    shown(Ok(json!({})))
}

async fn rotated(State(app): State<Arc<App>>) -> Response {
    let rotated = app.signer.rotate(app.clock.now_ms());
    shown(rotated.map(|kid| json!({"kid": kid})).map_err(|error| json!({"error": error.to_string()})))
}

/// The hosted Link page: the user logs in at the usual bank, or leaves (`?leave=1`), and is sent back.
pub(crate) async fn hosted(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let returns_to = app.world().links.get(&token).and_then(|link| link.returns_to().map(str::to_owned));
    let done = if query.contains_key("leave") {
        app.at_hand(|world, now_ms| link::leave(world, &token, now_ms))
    } else {
        app.link(&token, (USUAL_BANK, USUAL_LOGIN))
    };
    match (done, returns_to) {
        (Err(body), _) => Answer::json(400, &body).into_response(),
        (Ok(_), Some(target)) => Redirect::to(&target).into_response(),
        (Ok(_), None) => Html("<!doctype html><title>Link</title><p>Your account is linked.").into_response(),
    }
}
