//! From an admitted request to its answer.

use serde_json::{Value, json};

use super::actions::{Done, Verb, perform};
use super::business_keys::key_of;
use super::call::Call;
use super::callers::Caller;
use super::endpoints::{Does, Endpoint};
use super::expand::expand;
use super::kind::Kind;
use super::list::{Page, envelope, list, version_of};
use super::params::read;
use super::refusal::Refusal;
use super::render::{credit_line, invoice_line, render};
use super::routes::App;
use super::search::search;
use super::version::{BASIL, Version};
use super::work::{Cause, Work};
use crate::kit::decimals::{Object, items_of};

/// What a request wants of which object.
pub(crate) struct Wish<'a> {
    pub(crate) call: &'a Call,
    pub(crate) caller: &'a Caller,
    pub(crate) endpoint: &'static Endpoint,
    pub(crate) id: String,
    pub(crate) version: Version,
}

/// Does what the request wants; the body of the answer.
pub(crate) fn answer(app: &App, wish: &Wish<'_>) -> Result<Value, Refusal> {
    let given = wish.call.params()?;
    let params = read(wish.endpoint.params, &given, &wish.version)?;
    let now_ms = app.clock.now_ms();
    let mut world = app.world();
    let (account, livemode) = (wish.caller.account.as_str(), wish.caller.livemode);
    if wish.call.is_write() {
        unlocked(&mut world.locked, &wish.id)?;
        if let Does::Act(Verb::Update | Verb::Confirm, Kind::PaymentIntent) = wish.endpoint.does {
            world.limits.intent(&wish.id, now_ms)?;
        }
    }
    let key = Some(wish.call.idempotency_key.clone()).filter(|key| !key.is_empty());
    let cause = Cause { request_id: Some(wish.call.request_id.clone()), key };
    let done = world
        .work((account, livemode), &wish.version, (cause, now_ms), |work| answered(app, wish, work, &params));
    done.map_err(|refusal| match wish.endpoint.does.kind() {
        Some(kind) if refusal.status == 404 && world.is_in_other_mode(account, livemode, kind, &wish.id) => {
            refusal.other_mode(livemode)
        }
        _ => refusal,
    })
}

/// Another process holds the object.
fn unlocked(locked: &mut std::collections::HashMap<String, u32>, id: &str) -> Result<(), Refusal> {
    match locked.get_mut(id) {
        Some(left) if *left > 0 => {
            *left -= 1;
            Err(Refusal::locked())
        }
        _ => Ok(()),
    }
}

fn answered(app: &App, wish: &Wish<'_>, work: &mut Work, params: &Object) -> Result<Value, Refusal> {
    let version = &wish.version;
    let id = wish.id.as_str();
    let (mut body, shape) = match wish.endpoint.does {
        Does::Account => return Ok(account(work)),
        Does::List(kind) => (list(work.ledger, kind, params, version, work.now())?, (kind, true)),
        Does::Search(kind) => {
            let at_ms = work.now_ms - app.lag_ms();
            (search(work.ledger, kind, params, version, at_ms)?, (kind, true))
        }
        Does::Lines(kind) => return lines(work, kind, id, params),
        Does::Refunds => {
            work.find(Kind::Charge, id, "id")?;
            let mut filtered = params.clone();
            filtered.insert("charge".into(), json!(id));
            let mut page = list(work.ledger, Kind::Refund, &filtered, version, work.now())?;
            page["url"] = json!(format!("/v1/charges/{id}/refunds"));
            (page, (Kind::Refund, true))
        }
        Does::Get(kind) => (one(work, kind, id)?, (kind, false)),
        Does::Act(verb, kind) => {
            // A wrong path to expand is refused before anything is done.
            expand(work.ledger, (kind, false), &mut json!({}), params, version)?;
            match perform(work, (verb, kind), id, params)? {
                Done::Body(body) => {
                    app.tally.note("deletes");
                    return Ok(body);
                }
                Done::Object(id) => {
                    counted(app, work, (verb, kind), &id);
                    (made(work, (verb, kind), &id), (kind, false))
                }
            }
        }
    };
    expand(work.ledger, shape, &mut body, params, version)?;
    Ok(body)
}

/// One object. A deleted customer is answered, others are not there (fact sheet, "Incremental reads").
fn one(work: &Work, kind: Kind, id: &str) -> Result<Value, Refusal> {
    let row = work.ledger.table(kind).row(id);
    if kind == Kind::Customer && row.is_some_and(|row| row.deleted) {
        return Ok(json!({"id": id, "object": kind.name(), "deleted": true}));
    }
    let body = work.find(kind, id, "id")?;
    Ok(render(work.ledger, kind, &body, &version_of(kind, &body, work.version)))
}

/// The object after a write; an endpoint's secret is shown when it is made and never again.
fn made(work: &Work, (verb, kind): (Verb, Kind), id: &str) -> Value {
    let mut shown = work.shown(kind, id);
    if (verb, kind) == (Verb::Create, Kind::WebhookEndpoint) {
        let hook = work.ledger.get(kind, id).map(|hook| items_of(hook, "_secrets").to_vec());
        shown["secret"] =
            hook.unwrap_or_default().first().map(|one| one["secret"].clone()).unwrap_or_default();
    }
    shown
}

fn counted(app: &App, work: &Work, (verb, kind): (Verb, Kind), id: &str) {
    if verb != Verb::Create {
        app.tally.note("updates");
        return;
    }
    let body = work.ledger.get(kind, id).cloned().unwrap_or_default();
    let key = key_of(kind, &body, app.config.reference_metadata.as_deref());
    app.tally.create(key.as_deref());
}

fn lines(work: &Work, kind: Kind, id: &str, params: &Object) -> Result<Value, Refusal> {
    let body = work.find(kind, id, "id")?;
    let all = items_of(&body, "_lines");
    let places: Vec<(u64, &Value)> =
        all.iter().enumerate().map(|(at, line)| (u64::MAX - at as u64, line)).collect();
    let (rows, has_more) = Page::of(params)?.cut(&places, |id, param| {
        let found = places.iter().find(|(_, line)| line["id"] == id).map(|(place, _)| *place);
        found.ok_or_else(|| Refusal::no_such("line_item", id, param))
    })?;
    let shown: Vec<Value> = rows
        .into_iter()
        .map(|line| match kind {
            Kind::Invoice => invoice_line(work.ledger, line, work.version),
            _ => credit_line(line, work.version.since(BASIL)),
        })
        .collect();
    Ok(envelope(&shown, has_more, &format!("/v1/{}/{id}/lines", kind.path())))
}

fn account(work: &Work) -> Value {
    json!({
        "id": work.ledger.account,
        "object": "account",
        "business_profile": {"name": "Headwater Test"},
        "business_type": "company",
        "charges_enabled": true,
        "country": "US",
        "default_currency": "usd",
        "details_submitted": true,
        "email": "owner@example.com",
        "metadata": {},
        "payouts_enabled": true,
        "settings": {
            "branding": {"icon": null, "logo": null, "primary_color": null, "secondary_color": null},
            "card_payments": {"statement_descriptor_prefix": null},
            "dashboard": {"display_name": "Headwater Test", "timezone": "Etc/UTC"},
            "payments": {"statement_descriptor": "HEADWATER TEST"},
            "payouts": {
                "debit_negative_balances": true,
                "schedule": {"delay_days": 2, "interval": "daily"},
                "statement_descriptor": null
            }
        },
        "type": "standard"
    })
}
