//! `/composite/sobjects`: up to 200 records in one request, each with its own result.

use serde_json::{Value, json};

use super::objects::{ask, external, selected, shown, upsert};
use super::save::{Ask, create, remove, update};
use crate::kit::Answer;
use crate::kit::decimals::{Object, items_of};
use crate::salesforce::call::Call;
use crate::salesforce::kind::Kind;
use crate::salesforce::refusal::Refusal;
use crate::salesforce::routes::App;
use crate::salesforce::store::{Org, Spelled, spelled};

/// Records one request may have.
const MOST: usize = 200;

/// What was done to one record.
#[derive(Clone, Debug)]
struct Done {
    kind: Kind,
    id: String,
    how: How,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Created,
    Updated,
    Upserted(bool),
    Deleted,
}

/// Answers a request below `/composite/sobjects`.
pub(in crate::salesforce) fn collections(
    app: &App,
    call: &Call,
    org: &mut Org,
    rest: &[&str],
) -> Result<Answer, Refusal> {
    match (call.method.as_str(), rest) {
        ("POST", []) => each(app, call, org, |org, record, ask| {
            let kind = kind_of(record)?;
            Ok(Done { kind, id: create(org, kind, record, ask)?, how: How::Created })
        }),
        ("PATCH", []) => each(app, call, org, |org, record, ask| {
            let kind = kind_of(record)?;
            let mut record = record.clone();
            let id = record.remove("id").or_else(|| record.remove("Id"));
            let id = id_of(id.as_ref().and_then(Value::as_str).unwrap_or_default())?;
            update(org, (kind, &id), &record, ask)?;
            Ok(Done { kind, id, how: How::Updated })
        }),
        ("PATCH", [name, field]) => {
            let kind = known(name)?;
            let field = external(org, kind, field)?;
            each(app, call, org, |org, record, ask| upserted(org, (kind, &field), record, ask))
        }
        ("DELETE", []) => deletes(app, call, org),
        ("POST", [name]) => retrieve(call, org, known(name)?),
        _ => Err(Refusal::not_modelled(format!("{} {}", call.method, call.raw_path))),
    }
}

fn known(name: &str) -> Result<Kind, Refusal> {
    Kind::named(name).ok_or_else(|| Refusal::not_modelled(format!("the object {name}")))
}

fn kind_of(record: &Object) -> Result<Kind, Refusal> {
    let name = record.get("attributes").and_then(|own| own["type"].as_str());
    let name = name.ok_or_else(|| Refusal::bad("INVALID_TYPE", "attributes.type is missing"))?;
    known(name)
}

fn id_of(text: &str) -> Result<String, Refusal> {
    match spelled(text) {
        Spelled::Id(id) => Ok(id),
        Spelled::Malformed => Err(Refusal::bad("MALFORMED_ID", format!("malformed id {text}"))),
    }
}

fn upserted(org: &mut Org, (kind, field): (Kind, &str), record: &Object, ask: Ask) -> Result<Done, Refusal> {
    if kind_of(record)? != kind {
        return Err(Refusal::bad("INVALID_TYPE", "all records of an upsert are of its object"));
    }
    let mut record = record.clone();
    let value = record.remove(field);
    let value = value.as_ref().and_then(Value::as_str).filter(|value| !value.is_empty());
    let missing = || Refusal::bad("MISSING_ARGUMENT", format!("{field} not specified")).at(&[field]);
    let (id, created) = upsert(org, kind, (field, value.ok_or_else(missing)?), (record, ask))?;
    Ok(Done { kind, id, how: How::Upserted(created) })
}

fn too_many() -> Refusal {
    let message = format!("record limit reached. cannot submit more than {MOST} records into this call");
    Refusal::bad("EXCEEDED_ID_LIMIT", message)
}

/// Does something to each record of the body.
fn each(
    app: &App,
    call: &Call,
    org: &mut Org,
    work: impl Fn(&mut Org, &Object, Ask) -> Result<Done, Refusal>,
) -> Result<Answer, Refusal> {
    call.only(&[])?;
    let body = call.object()?;
    let records = items_of(&body, "records");
    if records.is_empty() {
        return Err(Refusal::bad("JSON_PARSER_ERROR", "records is missing or empty"));
    }
    if records.len() > MOST {
        return Err(too_many());
    }
    let all_or_none = body.get("allOrNone") == Some(&json!(true));
    let empty = Object::new();
    let records = records.iter().map(|record| record.as_object().unwrap_or(&empty));
    Ok(performed(app, org, all_or_none, records, |org, record| work(org, record, ask(call))))
}

/// `DELETE /composite/sobjects?ids=`.
fn deletes(app: &App, call: &Call, org: &mut Org) -> Result<Answer, Refusal> {
    call.only(&["ids", "allOrNone"])?;
    let ids: Vec<&str> =
        call.params.get("ids").split(',').map(str::trim).filter(|id| !id.is_empty()).collect();
    if ids.len() > MOST {
        return Err(too_many());
    }
    let all_or_none = call.params.get("allOrNone") == "true";
    Ok(performed(app, org, all_or_none, ids.into_iter(), |org, id| {
        let id = id_of(id)?;
        let kind = Kind::of_id(&id).ok_or_else(Refusal::not_found)?;
        remove(org, kind, &id, ask(call))?;
        Ok(Done { kind, id, how: How::Deleted })
    }))
}

/// 200 with one result for each record, in their order. Each stands alone, or all do.
fn performed<T>(
    app: &App,
    org: &mut Org,
    all_or_none: bool,
    records: impl Iterator<Item = T>,
    work: impl Fn(&mut Org, T) -> Result<Done, Refusal>,
) -> Answer {
    let start = org.mark();
    let mut one = |record| {
        let before = org.mark();
        let done = work(org, record);
        if done.is_err() {
            org.roll_back(before);
        }
        done
    };
    let mut all: Vec<Result<Done, Refusal>> = records.map(&mut one).collect();
    if all_or_none && all.iter().any(Result::is_err) {
        org.roll_back(start);
        let message = "Record rolled back because not all records were valid and the request was using AllOrNone header";
        let rolled_back = Refusal::bad("ALL_OR_NONE_OPERATION_ROLLED_BACK", message);
        all.iter_mut().filter(|done| done.is_ok()).for_each(|done| *done = Err(rolled_back.clone()));
    }
    let results: Vec<Value> = all.iter().map(|done| told(app, org, done)).collect();
    Answer::json(200, &results)
}

/// The result of one record; what was done is counted.
fn told(app: &App, org: &Org, done: &Result<Done, Refusal>) -> Value {
    let done = match done {
        Ok(done) => done,
        Err(refusal) => {
            if refusal.is_not_modelled() {
                app.tally.note("not_modelled");
            }
            return refusal.result();
        }
    };
    let mut result = json!({"id": done.id, "success": true, "errors": []});
    match done.how {
        How::Created => app.created(org, done.kind, &done.id),
        How::Updated => app.tally.note("updates"),
        How::Deleted => app.tally.note("deletes"),
        How::Upserted(created) => {
            result["created"] = json!(created);
            app.upserted(org, (done.kind, &done.id), created);
        }
    }
    result
}

/// `POST /composite/sobjects/{Object}`: records by id, null for those that are not there.
fn retrieve(call: &Call, org: &Org, kind: Kind) -> Result<Answer, Refusal> {
    let body = call.object()?;
    let texts =
        |name: &str| -> Vec<&str> { items_of(&body, name).iter().filter_map(Value::as_str).collect() };
    let ids = texts("ids");
    if ids.len() > 2000 || org.settings.forbidden.contains(&kind) {
        return Err(if ids.len() > 2000 { too_many() } else { Refusal::not_found() });
    }
    let fields = selected(org, kind, &texts("fields").join(","))?;
    let records: Vec<Value> = ids
        .into_iter()
        .map(|id| {
            let id = id_of(id).ok()?;
            let version = org.live(kind, &id)?;
            Some(shown(org, (kind, &id), version, (&call.root(), Some(&fields))))
        })
        .map(Option::unwrap_or_default)
        .collect();
    Ok(Answer::json(200, &records))
}
