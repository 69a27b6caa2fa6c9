//! Who is told of an event, in which version, and with whose secret (fact sheet, "Webhooks").

use serde_json::{Value, json};

use crate::kit::clock::rfc3339_millis;
use crate::kit::decimals::{Object, items_of, text_of};
use crate::stripe::config::WebhookConfig;
use crate::stripe::kind::Kind;
use crate::stripe::ledger::Ledger;
use crate::stripe::render::render;
use crate::stripe::version::Version;
use crate::stripe::work::{is, object};

/// One event on its way to one receiver.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    pub(crate) url: String,
    /// The secrets that sign, each with the moment it ends in milliseconds.
    pub(crate) secrets: Vec<(String, Option<i64>)>,
    pub(crate) body: Vec<u8>,
}

/// An endpoint made in the dashboard.
pub(crate) fn preset(ledger: &mut Ledger, webhook: &WebhookConfig) {
    let id = ledger.fresh_id(Kind::WebhookEndpoint);
    let body = object(json!({
        "id": id,
        "object": "webhook_endpoint",
        "api_version": webhook.api_version,
        "application": null,
        "created": 0,
        "description": null,
        "enabled_events": webhook.enabled_events,
        "livemode": ledger.livemode,
        "metadata": {},
        "status": "enabled",
        "url": webhook.url,
        "_connect": false,
        "_thin": webhook.thin,
        "_secrets": [{"secret": webhook.secret}]
    }));
    ledger.table_mut(Kind::WebhookEndpoint).insert(&id, body, 0);
}

/// The endpoints of an account that want an event of its own.
pub(crate) fn listeners(ledger: &Ledger, event: &str, connect: bool) -> Vec<Object> {
    let Some(event) = ledger.get(Kind::Event, event) else { return Vec::new() };
    wanting(ledger, text_of(event, "type"), connect)
}

/// The platform's endpoints that want events of connected accounts.
pub(crate) fn connect_listeners(platform: &Ledger, ledger: &Ledger, event: &str) -> Vec<Object> {
    let Some(event) = ledger.get(Kind::Event, event) else { return Vec::new() };
    wanting(platform, text_of(event, "type"), true)
}

fn wanting(ledger: &Ledger, name: &str, connect: bool) -> Vec<Object> {
    let hooks = [Kind::WebhookEndpoint, Kind::EventDestination];
    let all = hooks.into_iter().flat_map(|kind| ledger.table(kind).newest());
    let wants = |hook: &Object| {
        let asked = items_of(hook, "enabled_events");
        text_of(hook, "status") == "enabled"
            && is(hook, "_connect") == connect
            && asked
                .iter()
                .filter_map(Value::as_str)
                .any(|asked| asked == "*" || asked == name || asked.strip_prefix("v1.") == Some(name))
    };
    all.filter(|(_, hook)| wants(hook)).map(|(_, hook)| (**hook).clone()).collect()
}

/// What is sent to an endpoint: a snapshot in the endpoint's version, or ids alone.
pub(crate) fn notice(ledger: &Ledger, event: &str, hook: &Object, account: Option<&str>) -> Notice {
    let own = ledger.get(Kind::Event, event).cloned().unwrap_or_default();
    let body = if is(hook, "_thin") { thin(&own, account) } else { snapshot(ledger, &own, hook, account) };
    let secrets = items_of(hook, "_secrets").iter().map(|secret| {
        (secret["secret"].as_str().unwrap_or_default().to_owned(), secret["until_ms"].as_i64())
    });
    Notice { url: url_of(hook), secrets: secrets.collect(), body: body.to_string().into_bytes() }
}

fn url_of(hook: &Object) -> String {
    let nested = hook.get("webhook_endpoint").and_then(|endpoint| endpoint["url"].as_str());
    nested.unwrap_or_else(|| text_of(hook, "url")).to_owned()
}

/// The endpoint's version, not that of the request that caused it (fact sheet, "Traps").
fn snapshot(ledger: &Ledger, event: &Object, hook: &Object, account: Option<&str>) -> Value {
    let pinned = ["api_version", "snapshot_api_version"].map(|name| text_of(hook, name));
    let text = pinned.into_iter().find(|text| !text.is_empty()).unwrap_or(text_of(event, "api_version"));
    let version = Version::parse(text).expect("only versions that parse are stored");
    let mut body = render(ledger, Kind::Event, event, &version);
    if let Some(account) = account {
        body["account"] = json!(account);
    }
    body
}

/// Layout of the v2 events: ids only, to be fetched (field names beyond the sheet: unverified).
fn thin(event: &Object, account: Option<&str>) -> Value {
    let created = event.get("created").and_then(Value::as_i64).unwrap_or_default();
    let kind = Kind::named(text_of(event, "_kind"));
    let id = event.get("_after").map(|after| after["id"].clone()).unwrap_or_default();
    let path = kind.map_or("", Kind::path);
    json!({
        "id": event.get("id"),
        "object": "v2.core.event",
        "type": format!("v1.{}", text_of(event, "type")),
        "created": rfc3339_millis(created * 1000),
        "livemode": event.get("livemode"),
        "context": account,
        "related_object": {
            "id": id,
            "type": kind.map(Kind::name),
            "url": format!("/v1/{path}/{}", id.as_str().unwrap_or_default())
        },
        "reason": {"type": "request", "request": event.get("request")}
    })
}

/// A new signing secret; the old ones sign on until `until_ms`.
pub(crate) fn roll(hook: &mut Object, secret: &str, until_ms: i64) {
    let mut secrets = vec![json!({"secret": secret})];
    for old in items_of(hook, "_secrets") {
        let end = old["until_ms"].as_i64().map_or(until_ms, |end| end.min(until_ms));
        secrets.push(json!({"secret": old["secret"], "until_ms": end}));
    }
    hook.insert("_secrets".into(), Value::Array(secrets));
}
