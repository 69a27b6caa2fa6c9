//! Many objects in one request: all good, or 207 with what failed.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::objects::{Hand, fields, found};
use super::portal::Portal;
use super::problem::Problem;
use super::properties::Kind;
use crate::kit::Answer;
use crate::kit::clock::rfc3339_millis;

/// Inputs in one request (fact sheet, "Bulk").
const MOST: usize = 100;

/// What became of a batch.
#[derive(Default)]
struct Done {
    results: Vec<Value>,
    errors: Vec<Value>,
}

/// `POST /{type}/batch/{verb}`
pub(crate) fn run(
    portal: &mut Portal,
    kind: &'static Kind,
    verb: &str,
    body: &Value,
) -> Result<Answer, Problem> {
    let inputs = body["inputs"].as_array().ok_or_else(|| Problem::invalid("inputs is required"))?;
    if inputs.is_empty() || inputs.len() > MOST {
        return Err(Problem::invalid(format!("The request must have between 1 and {MOST} inputs")));
    }
    let mut ids = BTreeSet::new();
    let repeated = inputs.iter().filter_map(|input| input["id"].as_str()).find(|id| !ids.insert(*id));
    if let Some(repeated) = repeated {
        return Err(Problem::invalid(format!(
            "Duplicate IDs found in batch input: [{repeated}]. IDs must be unique"
        )));
    }
    let at = rfc3339_millis(portal.clock.now_ms());
    let mut done = Done::default();
    let good = match verb {
        "read" => read(portal, kind, body, &mut done).map(|()| 200)?,
        "create" => create(portal, kind, inputs, &mut done).map(|()| 201)?,
        "update" => update(portal, kind, inputs, &mut done).map(|()| 200)?,
        "upsert" => upsert(portal, kind, inputs, &mut done).map(|()| 200)?,
        "archive" => {
            for id in inputs.iter().filter_map(|input| input["id"].as_str()?.parse().ok()) {
                portal.archive(kind, id, Hand::App);
            }
            return Ok(Answer::empty(204));
        }
        _ => return Err(Problem::left_out(format!("batch/{verb}"))),
    };
    let mut answer =
        json!({"status": "COMPLETE", "results": done.results, "startedAt": at, "completedAt": at});
    if done.errors.is_empty() {
        return Ok(Answer::json(good, &answer));
    }
    answer["numErrors"] = json!(done.errors.len());
    answer["errors"] = Value::Array(done.errors);
    Ok(Answer::json(207, &answer))
}

/// An error of one input, with what names the input.
fn entry(problem: &Problem, input: &Value) -> Value {
    let mut entry = problem.entry();
    if let Some(id) = input.get("id") {
        entry["context"]["ids"] = json!([id]);
    }
    if let Some(trace) = input.get("objectWriteTraceId") {
        entry["context"]["objectWriteTraceId"] = json!([trace]);
    }
    entry
}

/// The answer's object with the trace id it was asked under.
fn result(portal: &Portal, kind: &Kind, id: u64, input: &Value) -> Value {
    let names: Vec<String> = fields(input, "properties").keys().cloned().collect();
    let mut shown = portal.shown(kind, id, &names).unwrap_or_default();
    if let Some(trace) = input.get("objectWriteTraceId") {
        shown["objectWriteTraceId"] = trace.clone();
    }
    shown
}

fn read(portal: &Portal, kind: &'static Kind, body: &Value, done: &mut Done) -> Result<(), Problem> {
    let id_property = body["idProperty"].as_str().unwrap_or_default();
    let wanted = body["properties"].as_array().into_iter().flatten();
    let wanted: Vec<String> = wanted.filter_map(|name| name.as_str().map(str::to_owned)).collect();
    let mut missing = Vec::new();
    for input in body["inputs"].as_array().into_iter().flatten() {
        let text = input["id"].as_str().ok_or_else(|| Problem::invalid("id is required"))?;
        match found(portal, kind, text, id_property) {
            Ok(id) if portal.live(kind, id).is_some() => done.results.extend(portal.shown(kind, id, &wanted)),
            Ok(_) => missing.push(text),
            Err(problem) if problem.status == 404 => missing.push(text),
            Err(problem) => return Err(problem),
        }
    }
    if !missing.is_empty() {
        let message = format!("Could not get some {} objects, they may be deleted or not exist.", kind.name);
        let mut entry = Problem::new(404, "OBJECT_NOT_FOUND", message).with("ids", &missing).entry();
        entry["subCategory"] = json!("crm.NOT_FOUND");
        done.errors.push(entry);
    }
    Ok(())
}

/// Without a trace id on every input the first error fails the whole batch.
fn create(
    portal: &mut Portal,
    kind: &'static Kind,
    inputs: &[Value],
    done: &mut Done,
) -> Result<(), Problem> {
    let traced = inputs.iter().all(|input| input["objectWriteTraceId"].is_string());
    if !traced {
        let mut seen = BTreeSet::new();
        for input in inputs {
            let values = portal.checked(kind, &fields(input, "properties"))?;
            portal.free(kind, None, &values)?;
            for (name, value) in values.iter().filter(|(_, value)| !value.is_empty()) {
                let is_unique = portal.properties(kind).get(name).is_some_and(|own| own.has_unique_value);
                if is_unique && !seen.insert((name.clone(), value.to_lowercase())) {
                    return Err(Problem::conflict(format!("The batch holds {name} '{value}' twice")));
                }
            }
        }
    }
    for input in inputs {
        match portal.create(kind, &fields(input, "properties"), Hand::App) {
            Ok(id) => {
                let result = result(portal, kind, id, input);
                done.results.push(result);
            }
            Err(problem) => done.errors.push(entry(&problem, input)),
        }
    }
    Ok(())
}

fn update(
    portal: &mut Portal,
    kind: &'static Kind,
    inputs: &[Value],
    done: &mut Done,
) -> Result<(), Problem> {
    for input in inputs {
        let text = input["id"].as_str().ok_or_else(|| Problem::invalid("id is required"))?;
        let id_property = input["idProperty"].as_str().unwrap_or_default();
        let changed = found(portal, kind, text, id_property)
            .and_then(|id| portal.update(kind, id, &fields(input, "properties"), Hand::App).map(|()| id));
        match changed {
            Ok(id) => {
                let result = result(portal, kind, id, input);
                done.results.push(result);
            }
            Err(problem) => done.errors.push(entry(&problem, input)),
        }
    }
    Ok(())
}

fn upsert(
    portal: &mut Portal,
    kind: &'static Kind,
    inputs: &[Value],
    done: &mut Done,
) -> Result<(), Problem> {
    for input in inputs {
        let (text, name) = (input["id"].as_str(), input["idProperty"].as_str());
        let text = text.ok_or_else(|| Problem::invalid("id is required"))?;
        let name = name.ok_or_else(|| Problem::invalid("idProperty is required"))?;
        let is_unique = portal.properties(kind).get(name).is_some_and(|own| own.has_unique_value);
        if !is_unique || name == "hs_object_id" {
            let message = format!("Unable to perform update/upsert by non-unique {name} property");
            return Err(Problem::invalid(message));
        }
        let mut given = fields(input, "properties");
        let existing = portal.with(kind, name, text);
        let saved = if let Some(id) = existing {
            portal.update(kind, id, &given, Hand::App).map(|()| id)
        } else {
            given.entry(name).or_insert_with(|| json!(text));
            portal.create(kind, &given, Hand::App)
        };
        match saved {
            Ok(id) => {
                let mut result = result(portal, kind, id, input);
                result["new"] = json!(existing.is_none());
                done.results.push(result);
            }
            Err(problem) => done.errors.push(entry(&problem, input)),
        }
    }
    Ok(())
}
