//! Webhook endpoints: the secret is shown once, when they are made.

use serde_json::{Value, json};

use crate::kit::decimals::{Object, items_of, text_of};
use crate::stripe::events::names;
use crate::stripe::kind::Kind;
use crate::stripe::refusal::Refusal;
use crate::stripe::version::Version;
use crate::stripe::work::{Work, given, is, object, take};

/// Endpoints an account may have in one mode.
const MOST: usize = 16;

pub(super) fn create(work: &mut Work, params: &Object) -> Result<String, Refusal> {
    if work.ledger.table(Kind::WebhookEndpoint).len() >= MOST {
        let message = "You have reached the maximum of 16 test webhook endpoints.";
        return Err(Refusal::state("", "", message));
    }
    if let Some(version) = given(params, "api_version")
        && Version::parse(version).is_none()
    {
        let message = format!("Invalid API version: {version}");
        return Err(Refusal::invalid("", "api_version", message));
    }
    let secret = work.ledger.ids.base62("whsec_", 32);
    let mut body = object(json!({
        "id": work.ledger.fresh_id(Kind::WebhookEndpoint),
        "object": "webhook_endpoint",
        "api_version": null,
        "application": null,
        "created": work.now(),
        "description": null,
        "enabled_events": [],
        "livemode": work.ledger.livemode,
        "metadata": {},
        "status": "enabled",
        "url": "",
        "_connect": is(params, "connect"),
        "_secrets": [{"secret": secret}]
    }));
    take(&mut body, params, &["api_version"])?;
    fill(&mut body, params)?;
    Ok(work.add(Kind::WebhookEndpoint, body))
}

fn fill(body: &mut Object, params: &Object) -> Result<(), Refusal> {
    take(body, params, &["description", "enabled_events", "url"])?;
    let live = is(body, "livemode");
    let url = text_of(body, "url");
    if !url.starts_with("https://") && (live || !url.starts_with("http://")) {
        let message = "Invalid URL: An explicit scheme (such as https) must be provided.";
        return Err(Refusal::invalid("url_invalid", "url", message));
    }
    for (at, name) in items_of(body, "enabled_events").iter().enumerate() {
        let name = name.as_str().unwrap_or_default();
        if name != "*" && !names::is_known(name) {
            let param = format!("enabled_events[{at}]");
            let message = format!("Invalid {param}: must be a known event type, not '{name}'");
            return Err(Refusal::invalid("", &param, message));
        }
    }
    if items_of(body, "enabled_events").is_empty() {
        return Err(Refusal::empty("enabled_events"));
    }
    Ok(())
}

pub(super) fn update(work: &mut Work, id: &str, params: &Object) -> Result<String, Refusal> {
    let mut body = (*work.find(Kind::WebhookEndpoint, id, "id")?).clone();
    fill(&mut body, params)?;
    if let Some(disabled) = params.get("disabled").and_then(Value::as_bool) {
        body.insert("status".into(), json!(if disabled { "disabled" } else { "enabled" }));
    }
    work.alter(Kind::WebhookEndpoint, id, |own| *own = body);
    Ok(id.to_owned())
}
