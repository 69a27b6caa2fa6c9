//! Which request does what.

use axum::http::Method;
use serde_json::{Value, json};

use super::call::Call;
use super::kind::Kind;
use super::record::{Ask, Page, create, one, remove, search, selected, transform, update};
use super::refusal::Refusal;
use super::routes::App;
use super::store::Ledger;
use super::{catalog, jobs, suiteql};
use crate::kit::Answer;
use crate::kit::decimals::Object;

/// Answers a request that was let in.
pub(super) fn answer(app: &App, call: &Call) -> Answer {
    served(app, call).unwrap_or_else(|refusal| app.refused(&refusal))
}

fn served(app: &App, call: &Call) -> Result<Answer, Refusal> {
    let segments = call.segments();
    let wanted = segments.get(2).copied().unwrap_or_default();
    if app.ledger().settings.forbidden.contains(wanted) {
        return Err(Refusal::forbidden(wanted));
    }
    if call.is_write() && call.prefers("respond-async") {
        return jobs::start(app, call);
    }
    match (call.method.as_str(), segments.as_slice()) {
        ("POST", ["query", "v1", "suiteql"]) => suiteql::answer(app, call),
        ("GET", ["system", "v1", "governanceLimits"]) => Ok(governance(app)),
        ("GET", ["async", "v1", "job", rest @ ..]) => jobs::read(app, call, rest),
        ("GET", ["record", "v1", "metadata-catalog"]) => Ok(catalog::list(call)),
        ("GET", ["record", "v1", "metadata-catalog", name]) => catalog::describe(app, call, name),
        (_, ["record", "v1", name, rest @ ..]) => {
            let kind = Kind::named(name).ok_or_else(|| unknown(call))?;
            record(app, call, kind, rest)
        }
        _ => Err(unknown(call)),
    }
}

fn unknown(call: &Call) -> Refusal {
    Refusal::not_modelled(format!("{} {}", call.method, call.raw_path))
}

/// The limits of the account, as an administrator sees them.
fn governance(app: &App) -> Answer {
    let limit = app.config.concurrency;
    Answer::json(
        200,
        &json!({
            "links": [], "accountConcurrencyLimit": limit, "accountUnallocatedConcurrencyLimit": limit,
            "limitType": "accountLevel"
        }),
    )
}

fn record(app: &App, call: &Call, kind: Kind, rest: &[&str]) -> Result<Answer, Refusal> {
    let mut ledger = app.ledger();
    ledger.settings.keep_previous = app.lag_ms() > 0;
    if call.method != Method::GET {
        return attempt(app, call, &mut ledger, (kind, rest));
    }
    match rest {
        [] => list(app, call, &ledger, kind),
        [key] => {
            call.only(&["expandSubResources", "fields", "simpleEnumFormat"])?;
            let id = ledger.find(kind, key).ok_or_else(Refusal::not_found)?;
            let expand = call.params.get("expandSubResources") == "true";
            let found = one(&ledger, (kind, id), &call.records(), expand).ok_or_else(Refusal::not_found)?;
            let found = match call.params.opt("fields") {
                Some(fields) => selected(found, fields),
                None => found,
            };
            Ok(Answer::json(200, &found))
        }
        [key, sublist] => {
            let id = ledger.find(kind, key).ok_or_else(Refusal::not_found)?;
            let found = one(&ledger, (kind, id), &call.records(), true).ok_or_else(Refusal::not_found)?;
            let part = found.get(*sublist).filter(|part| part["items"].is_array());
            part.map(|part| Answer::json(200, part)).ok_or_else(Refusal::not_found)
        }
        _ => Err(unknown(call)),
    }
}

fn list(app: &App, call: &Call, ledger: &Ledger, kind: Kind) -> Result<Answer, Refusal> {
    call.only(&["q", "limit", "offset"])?;
    let page = Page::read(&call.params)?;
    let ids = search(ledger, kind, call.params.get("q"), (app.clock.now_ms(), app.lag_ms()))?;
    let own = format!("{}/{}", call.records(), kind.name());
    let item =
        |id: &u64| json!({"links": [{"rel": "self", "href": format!("{own}/{id}")}], "id": id.to_string()});
    let items: Vec<Value> = ids.iter().skip(page.offset).take(page.limit).map(item).collect();
    let q = call.params.opt("q").map(|q| format!("q={}&", super::auth::pct(q))).unwrap_or_default();
    Ok(Answer::json(200, &page.around(items, ids.len(), &format!("{own}?{q}"))))
}

/// One write, taken back as a whole when it is refused; used by jobs too.
pub(super) fn attempt(
    app: &App,
    call: &Call,
    ledger: &mut Ledger,
    what: (Kind, &[&str]),
) -> Result<Answer, Refusal> {
    let start = ledger.mark();
    let done = write(app, call, ledger, what);
    if done.is_err() {
        ledger.roll_back(start);
    }
    ledger.settle();
    done
}

fn write(
    app: &App,
    call: &Call,
    ledger: &mut Ledger,
    (kind, rest): (Kind, &[&str]),
) -> Result<Answer, Refusal> {
    call.only(&["replace"])?;
    let body = call.object()?;
    let ask = Ask {
        replace: call.params.get("replace").split(',').map(|own| own.trim().to_owned()).collect(),
        by_hand: false,
    };
    match (call.method.as_str(), rest) {
        ("POST", []) => {
            let id = create(ledger, kind, &body)?;
            Ok(created(app, call, ledger, (kind, id)))
        }
        ("POST", [key, "!transform", to]) => {
            let id = ledger.find(kind, key).ok_or_else(Refusal::not_found)?;
            let to = Kind::named(to).ok_or_else(|| unknown(call))?;
            let id = transform(ledger, (kind, id), to, &body)?;
            Ok(created(app, call, ledger, (to, id)))
        }
        ("PATCH", [key]) => {
            let id = ledger.find(kind, key).ok_or_else(Refusal::not_found)?;
            update(ledger, (kind, id), &body, &ask)?;
            app.tally.note("updates");
            Ok(located(call, 204, (kind, id)))
        }
        ("PUT", [key]) => upsert(app, call, ledger, (kind, key, body, ask)),
        ("DELETE", [key]) => {
            let id = ledger.find(kind, key).ok_or_else(Refusal::not_found)?;
            remove(ledger, kind, id)?;
            app.tally.note("deletes");
            Ok(Answer::empty(204))
        }
        _ => Err(unknown(call)),
    }
}

/// PUT on `eid:`: creates, or updates the record with this external id.
fn upsert(
    app: &App,
    call: &Call,
    ledger: &mut Ledger,
    (kind, key, mut body, ask): (Kind, &str, Object, Ask),
) -> Result<Answer, Refusal> {
    let Some(external) = key.strip_prefix("eid:").filter(|external| !external.is_empty()) else {
        return Err(Refusal::not_modelled("PUT without eid:"));
    };
    let given = body.insert("externalId".into(), json!(external));
    if given.is_some_and(|given| given != external) {
        return Err(Refusal::content("The externalId is not the one of the address.", "externalId"));
    }
    if let Some(id) = ledger.with_external(kind, external) {
        update(ledger, (kind, id), &body, &ask)?;
        app.tally.note("updates");
        return Ok(located(call, 204, (kind, id)));
    }
    let id = create(ledger, kind, &body)?;
    Ok(created(app, call, ledger, (kind, id)))
}

fn created(app: &App, call: &Call, ledger: &Ledger, (kind, id): (Kind, u64)) -> Answer {
    let key = ledger.body(kind, id).and_then(|body| app.business_key(kind, body));
    app.tally.create(key.as_deref());
    located(call, 204, (kind, id))
}

fn located(call: &Call, status: u16, (kind, id): (Kind, u64)) -> Answer {
    Answer::empty(status).with("location", format!("{}/{}/{id}", call.records(), kind.name()))
}
