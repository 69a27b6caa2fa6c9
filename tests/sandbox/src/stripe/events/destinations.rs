//! API v2: event destinations, in JSON (fact sheet, "Webhooks": thin events). Nothing else of it.

use serde_json::{Value, json};

use super::names;
use crate::kit::answer::Answer;
use crate::kit::clock::rfc3339_millis;
use crate::kit::decimals::{Object, items_of, text_of};
use crate::stripe::call::Call;
use crate::stripe::config::Access;
use crate::stripe::kind::Kind;
use crate::stripe::refusal::Refusal;
use crate::stripe::routes::App;
use crate::stripe::version::Version;
use crate::stripe::work::{Cause, Work, object};

const PATH: &str = "/v2/core/event_destinations";

/// Parameters of a new destination.
const KNOWN: &[&str] = &[
    "description",
    "enabled_events",
    "event_payload",
    "include",
    "metadata",
    "name",
    "snapshot_api_version",
    "type",
    "webhook_endpoint",
];

/// Answers a v2 request.
pub(crate) fn answer(app: &App, call: &Call) -> Answer {
    app.tally.request(&format!("{} {}", call.method, call.path));
    let now_ms = app.clock.now_ms();
    let caller = app.callers().check(&call.key, &call.account, now_ms);
    let livemode = caller.as_ref().is_ok_and(|caller| caller.livemode);
    let done = caller.and_then(|caller| {
        let access = if call.is_write() { Access::Write } else { Access::Read };
        caller.may(&call.key, Kind::EventDestination, access)?;
        let mut world = app.world();
        let version = call.version(&world.account_version)?;
        let whose = (caller.account.as_str(), caller.livemode);
        world.work(whose, &version, (Cause::default(), now_ms), |work| served(work, call))
    });
    let answer = match done {
        Ok(body) => Answer::json(200, &body),
        Err(refusal) => app.refusal(&refusal, call, livemode),
    };
    answer.with("request-id", call.request_id.as_str())
}

fn served(work: &mut Work, call: &Call) -> Result<Value, Refusal> {
    match (call.method.as_str(), call.path.strip_prefix(PATH)) {
        ("POST", Some("")) => create(work, &call.json()?),
        ("GET", Some(id)) if id.len() > 1 => {
            let body = work.find(Kind::EventDestination, &id[1..], "id")?;
            Ok(shown(&body, false))
        }
        _ => Err(Refusal::not_modelled(format!("{} {}", call.method, call.path), "")),
    }
}

fn create(work: &mut Work, given: &Value) -> Result<Value, Refusal> {
    let given = given.as_object().cloned().unwrap_or_default();
    let (thin, url) = checked(&given)?;
    let secret = work.ledger.ids.base62("whsec_", 32);
    let at = rfc3339_millis(work.now_ms);
    let body = object(json!({
        "id": work.ledger.fresh_id(Kind::EventDestination),
        "object": Kind::EventDestination.name(),
        "created": at,
        "description": given.get("description"),
        "enabled_events": given["enabled_events"],
        "event_payload": given["event_payload"],
        "events_from": ["self"],
        "livemode": work.ledger.livemode,
        "metadata": given.get("metadata").cloned().unwrap_or_else(|| json!({})),
        "name": given["name"],
        "snapshot_api_version": given.get("snapshot_api_version"),
        "status": "enabled",
        "status_details": null,
        "type": "webhook_endpoint",
        "updated": at,
        "webhook_endpoint": {"url": url},
        "_connect": false,
        "_thin": thin,
        "_secrets": [{"secret": secret}]
    }));
    let asks_secret =
        items_of(&given, "include").iter().any(|name| name == "webhook_endpoint.signing_secret");
    let answer = shown(&body, asks_secret);
    work.add(Kind::EventDestination, body);
    Ok(answer)
}

/// Whether payloads are thin, and where they go.
fn checked(given: &Object) -> Result<(bool, String), Refusal> {
    if let Some(name) = given.keys().find(|name| !KNOWN.contains(&name.as_str())) {
        return Err(Refusal::unknown_parameter(name));
    }
    for name in ["enabled_events", "event_payload", "name", "type"] {
        if !given.contains_key(name) {
            return Err(Refusal::missing(name));
        }
    }
    if text_of(given, "type") != "webhook_endpoint" {
        return Err(Refusal::not_modelled("destinations other than webhook_endpoint", "type"));
    }
    let thin = match text_of(given, "event_payload") {
        "thin" => true,
        "snapshot" => false,
        _ => return Err(Refusal::invalid("", "event_payload", "must be one of snapshot, thin")),
    };
    events_fit(given, thin)?;
    let version = text_of(given, "snapshot_api_version");
    if thin != version.is_empty() || (!thin && Version::parse(version).is_none()) {
        let message = "snapshot_api_version goes with snapshot payloads, and only with them";
        return Err(Refusal::invalid("", "snapshot_api_version", message));
    }
    let url = given.get("webhook_endpoint").and_then(|endpoint| endpoint["url"].as_str());
    let url = url.filter(|url| url.starts_with("http"));
    Ok((thin, url.ok_or_else(|| Refusal::missing("webhook_endpoint.url"))?.to_owned()))
}

/// Thin events of v1 objects have their names behind `v1.`.
fn events_fit(given: &Object, thin: bool) -> Result<(), Refusal> {
    let wrong = items_of(given, "enabled_events").iter().find(|name| {
        let name = name.as_str().unwrap_or_default();
        let plain = if thin { name.strip_prefix("v1.").unwrap_or_default() } else { name };
        name != "*" && !names::is_known(plain)
    });
    wrong.map_or(Ok(()), |name| {
        Err(Refusal::invalid("", "enabled_events", format!("Unknown event type: {name}")))
    })
}

fn shown(body: &Object, with_secret: bool) -> Value {
    let mut shown: Object =
        body.iter().filter(|(name, _)| !name.starts_with('_')).map(|(n, v)| (n.clone(), v.clone())).collect();
    if with_secret {
        shown["webhook_endpoint"]["signing_secret"] = items_of(body, "_secrets")[0]["secret"].clone();
    }
    Value::Object(shown)
}
