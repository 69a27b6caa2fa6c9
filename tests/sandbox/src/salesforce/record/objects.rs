//! `/sobjects/{Object}/…`: one record at a time.

use serde_json::{Value, json};

use super::check::unknown;
use super::conditions::{etag, is_known, last_modified, may_change};
use super::save::{Ask, create, remove, update};
use super::{changes, describe};
use crate::kit::Answer;
use crate::kit::decimals::Object;
use crate::salesforce::call::Call;
use crate::salesforce::kind::Kind;
use crate::salesforce::refusal::Refusal;
use crate::salesforce::routes::App;
use crate::salesforce::store::{Org, Spelled, Version, spelled};

/// A record as answers show it: `attributes`, then these fields, or all of them.
pub(in crate::salesforce) fn shown(
    org: &Org,
    (kind, id): (Kind, &str),
    version: &Version,
    (root, fields): (&str, Option<&[String]>),
) -> Value {
    let url = format!("{root}/sobjects/{}/{id}", kind.name());
    let mut body = Object::new();
    body.insert("attributes".into(), json!({"type": kind.name(), "url": url}));
    let mut add = |name: &str| body.insert(name.to_owned(), version.value(id, name, &org.user_id));
    match fields {
        Some(fields) => fields.iter().for_each(|name| drop(add(name))),
        None => org.fields(kind).for_each(|field| drop(add(&field.name))),
    }
    Value::Object(body)
}

/// Answers a request below `/sobjects/{Object}`.
pub(in crate::salesforce) fn objects(
    app: &App,
    call: &Call,
    org: &mut Org,
    (kind, rest): (Kind, &[&str]),
) -> Result<Answer, Refusal> {
    match (call.method.as_str(), rest) {
        ("GET", ["describe"]) => Ok(Answer::json(200, &describe(org, kind, &call.root())?)),
        ("GET", ["deleted"]) => changes::deleted(org, call, kind, app.lag_ms()),
        ("GET", ["updated"]) => changes::updated(org, call, kind, app.lag_ms()),
        ("POST", []) => {
            let id = create(org, kind, &body(call)?, ask(call))?;
            app.created(org, kind, &id);
            Ok(saved(call, 201, (kind, &id), None))
        }
        ("GET", [id]) => read(call, org, kind, &named(id)?),
        ("PATCH", [id]) => {
            let id = named(id)?;
            let row = org.row(kind, &id).filter(|row| !row.now.deleted).map(|row| row.now.clone());
            if let Some(version) = row {
                may_change(call, (kind, &id), &version)?;
            }
            update(org, (kind, &id), &body(call)?, ask(call))?;
            app.tally.note("updates");
            Ok(Answer::empty(204))
        }
        ("DELETE", [id]) => {
            remove(org, kind, &named(id)?, ask(call))?;
            app.tally.note("deletes");
            Ok(Answer::empty(204))
        }
        (method, [field, value]) => by_external(app, call, org, (method, kind, field, value)),
        _ => Err(Refusal::not_modelled(format!("{} {}", call.method, call.raw_path))),
    }
}

fn body(call: &Call) -> Result<Object, Refusal> {
    call.only(&[])?;
    call.object()
}

/// What the headers of a write say.
pub(super) fn ask(call: &Call) -> Ask {
    let allowed = call.option("sforce-duplicate-rule-header", "allowSave");
    Ask { by_hand: false, allow_save: allowed.is_some_and(|own| own.eq_ignore_ascii_case("true")) }
}

fn named(id: &str) -> Result<String, Refusal> {
    match spelled(id) {
        Spelled::Id(id) => Ok(id),
        Spelled::Malformed => Err(Refusal::new(
            404,
            "NOT_FOUND",
            "Provided external ID field does not exist or is not accessible",
        )),
    }
}

fn read(call: &Call, org: &Org, kind: Kind, id: &str) -> Result<Answer, Refusal> {
    call.only(&["fields"])?;
    if org.settings.forbidden.contains(&kind) {
        return Err(Refusal::not_found());
    }
    let version = org.live(kind, id).ok_or_else(Refusal::not_found)?;
    let fields = call.params.opt("fields").map(|list| selected(org, kind, list)).transpose()?;
    if is_known(call, (kind, id), version)? {
        return Ok(Answer::empty(304));
    }
    let body = shown(org, (kind, id), version, (&call.root(), fields.as_deref()));
    let answer = Answer::json(200, &body).with("last-modified", last_modified(version));
    Ok(match etag(kind, id, version) {
        Some(etag) => answer.with("etag", etag),
        None => answer,
    })
}

/// The fields of a list, with the id, by their own names.
pub(super) fn selected(org: &Org, kind: Kind, list: &str) -> Result<Vec<String>, Refusal> {
    let mut names = vec!["Id".to_owned()];
    for name in list.split(',').map(str::trim) {
        let field = org.field(kind, name).ok_or_else(|| unknown(kind, name))?;
        if !names.contains(&field.name) {
            names.push(field.name.clone());
        }
    }
    Ok(names)
}

/// What a create or upsert answers.
fn saved(call: &Call, status: u16, (kind, id): (Kind, &str), created: Option<bool>) -> Answer {
    let mut body = json!({"id": id, "success": true, "errors": []});
    if let Some(created) = created {
        body["created"] = json!(created);
    }
    let answer = Answer::json(status, &body);
    if status == 201 {
        return answer.with("location", format!("{}/sobjects/{}/{id}", call.root(), kind.name()));
    }
    answer
}

/// Records by the value of an external id field.
fn by_external(
    app: &App,
    call: &Call,
    org: &mut Org,
    (method, kind, field, value): (&str, Kind, &str, &str),
) -> Result<Answer, Refusal> {
    let name = external(org, kind, field)?;
    let found = org.with(kind, &name, value);
    if found.len() > 1 {
        let urls: Vec<String> =
            found.iter().map(|id| format!("{}/sobjects/{}/{id}", call.root(), kind.name())).collect();
        return Ok(Answer::json(300, &urls));
    }
    match (method, found.first()) {
        ("GET", Some(id)) => read(call, org, kind, id),
        ("DELETE", Some(id)) => {
            remove(org, kind, id, ask(call))?;
            app.tally.note("deletes");
            Ok(Answer::empty(204))
        }
        ("GET" | "DELETE", None) => Err(Refusal::not_found()),
        ("PATCH", _) => {
            let body = body(call)?;
            let (id, created) = upsert(org, kind, (&name, value), (body, ask(call)))?;
            app.upserted(org, (kind, &id), created);
            Ok(saved(call, if created { 201 } else { 200 }, (kind, &id), Some(created)))
        }
        _ => Err(Refusal::not_modelled(format!("{method} {}", call.raw_path))),
    }
}

/// The field records can be upserted by.
pub(super) fn external(org: &Org, kind: Kind, name: &str) -> Result<String, Refusal> {
    let field = org.field(kind, name).filter(|field| field.external_id).map(|field| field.name.clone());
    let message = format!("Provided external ID field does not exist or is not accessible: {name}");
    field.ok_or_else(|| Refusal::new(404, "NOT_FOUND", message))
}

/// Creates a record, or changes the one with this external id; answers whether it is new.
pub(super) fn upsert(
    org: &mut Org,
    kind: Kind,
    (field, value): (&str, &str),
    (mut body, ask): (Object, Ask),
) -> Result<(String, bool), Refusal> {
    if body.contains_key(field) {
        let message = format!("The {field} field should not be specified in the sobject data.");
        return Err(Refusal::bad("INVALID_FIELD", message));
    }
    match org.with(kind, field, value).as_slice() {
        [] => {
            body.insert(field.to_owned(), json!(value));
            Ok((create(org, kind, &body, ask)?, true))
        }
        [id] => {
            update(org, (kind, id), &body, ask)?;
            Ok((id.clone(), false))
        }
        _ => Err(Refusal::bad("DUPLICATE_EXTERNAL_ID", format!("more than one record has {field} {value}"))),
    }
}
