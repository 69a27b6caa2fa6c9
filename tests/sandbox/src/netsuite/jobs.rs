//! Asynchronous requests: `Prefer: respond-async`, alone or as a batch (fact sheet, "Bulk / batch").

use std::collections::HashMap;

use axum::body::Bytes;
use axum::http::HeaderValue;
use serde_json::{Value, json};

use super::call::Call;
use super::config::IdempotencyKeys;
use super::dispatch::attempt;
use super::kind::Kind;
use super::refusal::Refusal;
use super::routes::App;
use crate::kit::Answer;
use crate::kit::consent::header_text;

/// Records a batch may have.
const MOST: usize = 100;

/// One job: what its parts were answered, and when it is done.
#[derive(Clone, Debug)]
struct Job {
    done_ms: i64,
    batch: bool,
    results: Vec<Answer>,
}

/// All jobs, and those of idempotency keys.
#[derive(Debug, Default)]
pub(super) struct Jobs {
    all: Vec<Job>,
    keys: HashMap<String, usize>,
}

/// Takes a request; 202 with the address of its job.
pub(super) fn start(app: &App, call: &Call) -> Result<Answer, Refusal> {
    let key = header_text(&call.headers, "x-netsuite-idempotency-key").to_owned();
    let honoured = !key.is_empty() && app.config.idempotency == IdempotencyKeys::Honoured;
    let mut jobs = app.jobs();
    if let Some(first) = jobs.keys.get(&key).filter(|_| honoured) {
        app.tally.note("replays");
        return Err(Refusal::repeated(address(call, *first)));
    }
    let segments = call.segments();
    let ["record", "v1", name, rest @ ..] = segments.as_slice() else {
        return Err(Refusal::not_modelled("asynchronous requests here"));
    };
    let kind = Kind::named(name).ok_or_else(|| Refusal::not_modelled(format!("the record type {name}")))?;
    let batch = header_text(&call.headers, "content-type").contains("type=collection");
    let results = if batch { batched(app, call, kind)? } else { vec![performed(app, call, (kind, rest))] };
    let done_ms = app.clock.now_ms() + i64::try_from(app.config.job_ms).unwrap_or_default();
    jobs.all.push(Job { done_ms, batch, results });
    let number = jobs.all.len() - 1;
    if honoured {
        jobs.keys.insert(key, number);
    }
    Ok(Answer::empty(202).with("location", address(call, number)).with("preference-applied", "respond-async"))
}

fn address(call: &Call, number: usize) -> String {
    format!("{}/services/rest/async/v1/job/{}", call.base, number + 1)
}

/// Every element by itself: some may fail.
fn batched(app: &App, call: &Call, kind: Kind) -> Result<Vec<Answer>, Refusal> {
    let body = call.object()?;
    let Some(items) = body.get("items").and_then(Value::as_array) else {
        return Err(Refusal::content("A batch is an object with items.", "items"));
    };
    if items.is_empty() || items.len() > MOST {
        return Err(Refusal::content(format!("A batch has 1 to {MOST} records."), "items"));
    }
    let performed = items.iter().map(|item| {
        let mut body = item.clone();
        let id = body.as_object_mut().and_then(|body| body.remove("id"));
        let external = item["externalId"].as_str().map(|external| format!("eid:{external}"));
        let key = id.and_then(|id| id.as_str().map(str::to_owned)).or(external).unwrap_or_default();
        let single = alone(call, &body);
        let rest: &[&str] = if call.method == axum::http::Method::POST { &[] } else { &[key.as_str()] };
        performed(app, &single, (kind, rest))
    });
    Ok(performed.collect())
}

/// The call for one element of a batch.
fn alone(call: &Call, body: &Value) -> Call {
    let mut headers = call.headers.clone();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    Call {
        method: call.method.clone(),
        base: call.base.clone(),
        raw_path: call.raw_path.clone(),
        query: call.query.clone(),
        path: call.path.clone(),
        params: call.params.clone(),
        headers,
        body: Bytes::from(body.to_string()),
    }
}

fn performed(app: &App, call: &Call, what: (Kind, &[&str])) -> Answer {
    let mut ledger = app.ledger();
    attempt(app, call, &mut ledger, what).unwrap_or_else(|refusal| app.refused(&refusal))
}

/// `GET /services/rest/async/v1/job/{id}[/task[/{task}[/result]]]`.
pub(super) fn read(app: &App, call: &Call, path: &[&str]) -> Result<Answer, Refusal> {
    let jobs = app.jobs();
    let number: usize = path.first().and_then(|id| id.parse().ok()).unwrap_or(0);
    let job = number.checked_sub(1).and_then(|at| jobs.all.get(at)).ok_or_else(Refusal::not_found)?;
    let own = address(call, number - 1);
    let done = job.done_ms <= app.clock.now_ms();
    let state = json!({
        "links": [{"rel": "self", "href": own}], "id": number.to_string(), "completed": done,
        "progress": if done { "succeeded" } else { "processing" }
    });
    match path {
        [_] => {
            let mut state = state;
            state["task"] = json!({"links": [{"rel": "self", "href": format!("{own}/task")}]});
            Ok(Answer::json(200, &state))
        }
        [_, "task"] => {
            let task = json!({"links": [{"rel": "self", "href": format!("{own}/task/1")}], "id": "1"});
            let body = json!({"links": [], "count": 1, "hasMore": false, "items": [task], "offset": 0, "totalResults": 1});
            Ok(Answer::json(200, &body))
        }
        [_, "task", "1"] => {
            let mut state = state;
            state["id"] = json!("1");
            state["links"] = json!([{"rel": "self", "href": format!("{own}/task/1")},
                {"rel": "result", "href": format!("{own}/task/1/result")}]);
            Ok(Answer::json(200, &state))
        }
        [_, "task", "1", "result"] if done => Ok(result(job)),
        _ => Err(Refusal::not_found()),
    }
}

/// The answer of a single request as it would have been; of a batch, one entry for each record.
fn result(job: &Job) -> Answer {
    if let (false, [single]) = (job.batch, job.results.as_slice()) {
        return single.clone();
    }
    let entry = |answer: &Answer| {
        let mut entry = json!({"status": answer.status});
        if let Some((_, location)) = answer.headers.iter().find(|(name, _)| name == "location") {
            entry["location"] = json!(location);
        }
        if !answer.is_success() {
            entry["error"] = serde_json::from_slice(&answer.body).unwrap_or_default();
        }
        entry
    };
    let items: Vec<Value> = job.results.iter().map(entry).collect();
    Answer::json(
        200,
        &json!({"links": [], "count": items.len(), "hasMore": false, "items": items, "offset": 0, "totalResults": items.len()}),
    )
}
