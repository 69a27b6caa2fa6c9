//! Lists: newest first, paged by object id (fact sheet, "Pagination", "Incremental reads").

use std::sync::Arc;

use serde_json::{Value, json};

use super::kind::Kind;
use super::ledger::Ledger;
use super::refusal::Refusal;
use super::render::render;
use super::version::Version;
use super::work::{given, int};
use crate::kit::decimals::{Object, text_of};

/// How far back events go, in seconds.
const EVENTS_KEPT_S: i64 = 30 * 24 * 3600;

/// Where a page begins and how long it is.
pub(crate) struct Page<'a> {
    pub(crate) limit: usize,
    after: Option<&'a str>,
    before: Option<&'a str>,
}

impl<'a> Page<'a> {
    /// Reads `limit`, `starting_after` and `ending_before`.
    pub(crate) fn of(params: &'a Object) -> Result<Self, Refusal> {
        let limit = params.get("limit").and_then(Value::as_i64).unwrap_or(10);
        let invalid = |message: String| Err(Refusal::invalid("parameter_invalid_integer", "limit", message));
        if limit < 1 {
            return invalid(format!(
                "This value must be greater than or equal to 1 (it currently is '{limit}')."
            ));
        }
        let Some(limit) = usize::try_from(limit).ok().filter(|limit| *limit <= 100) else {
            return invalid(format!(
                "This value must be less than or equal to 100 (it currently is '{limit}')."
            ));
        };
        let (after, before) = (given(params, "starting_after"), given(params, "ending_before"));
        if after.is_some() && before.is_some() {
            let message = "You may only specify one of these parameters: ending_before, starting_after.";
            return Err(Refusal::invalid("", "ending_before", message));
        }
        Ok(Self { limit, after, before })
    }

    /// Cuts the page out of `all`, newest first, each with its place in the order. `place_of` finds
    /// a cursor's place. Answers the page and whether there is more beyond it.
    pub(crate) fn cut<T: Clone>(
        &self,
        all: &[(u64, T)],
        place_of: impl Fn(&str, &'static str) -> Result<u64, Refusal>,
    ) -> Result<(Vec<T>, bool), Refusal> {
        let items = |slice: &[(u64, T)]| slice.iter().map(|(_, item)| item.clone()).collect();
        if let Some(id) = self.before {
            let place = place_of(id, "ending_before")?;
            let newer: Vec<_> = all.iter().filter(|(at, _)| *at > place).cloned().collect();
            let start = newer.len().saturating_sub(self.limit);
            return Ok((items(&newer[start..]), start > 0));
        }
        let rest = match self.after {
            Some(id) => {
                let place = place_of(id, "starting_after")?;
                let start = all.iter().position(|(at, _)| *at < place).unwrap_or(all.len());
                &all[start..]
            }
            None => all,
        };
        let end = rest.len().min(self.limit);
        Ok((items(&rest[..end]), rest.len() > end))
    }
}

/// One page of a kind under the filters given.
pub(crate) fn list(
    ledger: &Ledger,
    kind: Kind,
    params: &Object,
    version: &Version,
    now: i64,
) -> Result<Value, Refusal> {
    let page = Page::of(params)?;
    let table = ledger.table(kind);
    let mut matching: Vec<(u64, &Arc<Object>)> = Vec::new();
    for (place, body) in table.newest() {
        if kind == Kind::Event && int(body, "created") < now - EVENTS_KEPT_S {
            break;
        }
        if fits(kind, body, params) {
            matching.push((place, body));
        }
    }
    let (rows, has_more) = page.cut(&matching, |id, param| {
        table.place(id).ok_or_else(|| Refusal::no_such(kind.name(), id, param))
    })?;
    let data: Vec<Value> =
        rows.into_iter().map(|body| render(ledger, kind, body, &version_of(kind, body, version))).collect();
    Ok(envelope(&data, has_more, &format!("/v1/{}", kind.path())))
}

/// An event keeps the version it was written in.
pub(crate) fn version_of(kind: Kind, body: &Object, version: &Version) -> Version {
    let own = (kind == Kind::Event).then(|| Version::parse(text_of(body, "api_version"))).flatten();
    own.unwrap_or_else(|| version.clone())
}

/// The envelope of every list.
pub(crate) fn envelope(data: &[Value], has_more: bool, url: &str) -> Value {
    json!({"object": "list", "data": data, "has_more": has_more, "url": url})
}

fn fits(kind: Kind, body: &Object, params: &Object) -> bool {
    params.iter().all(|(name, wanted)| match name.as_str() {
        "limit" | "starting_after" | "ending_before" | "expand" => true,
        "ids" => has(wanted, text_of(body, "id")),
        "lookup_keys" => has(wanted, text_of(body, "lookup_key")),
        "types" => has(wanted, text_of(body, "type")),
        "type" if kind == Kind::Event => pattern(wanted, text_of(body, "type")),
        "pending" => wanted.as_bool() == Some(body.get("invoice").is_none_or(Value::is_null)),
        "payout" => body.get("_payout") == Some(wanted),
        "delivery_success" => wanted.as_bool() == Some(int(body, "pending_webhooks") == 0),
        "recurring" => recurring(wanted, body),
        "created" | "due_date" | "arrival_date" => in_range(wanted, body.get(name)),
        _ => body.get(name).unwrap_or(&Value::Null) == wanted,
    })
}

fn has(wanted: &Value, text: &str) -> bool {
    wanted.as_array().is_some_and(|wanted| wanted.iter().any(|one| one == text))
}

/// `charge.*` stands for every event of charges.
fn pattern(wanted: &Value, text: &str) -> bool {
    let wanted = wanted.as_str().unwrap_or_default();
    wanted.strip_suffix('*').map_or(wanted == text, |start| text.starts_with(start))
}

fn recurring(wanted: &Value, body: &Object) -> bool {
    let own = &body.get("recurring").cloned().unwrap_or_default();
    wanted.as_object().is_some_and(|wanted| wanted.iter().all(|(name, value)| own[name] == *value))
}

fn in_range(wanted: &Value, own: Option<&Value>) -> bool {
    let Some(own) = own.and_then(Value::as_i64) else { return false };
    wanted.as_object().into_iter().flatten().all(|(name, bound)| {
        let bound = bound.as_i64().unwrap_or_default();
        match name.as_str() {
            "gt" => own > bound,
            "gte" => own >= bound,
            "lt" => own < bound,
            "lte" => own <= bound,
            _ => own == bound,
        }
    })
}
