//! Webhook subscriptions made through the API.

use serde_json::{Value, json};
use url::Url;

use super::perform::{Caller, Outcome, Refusal, input, payload, users};
use crate::kit::decimals::{Object, text_of};
use crate::shopify::store::Shop;

pub(super) fn perform(shop: &mut Shop, caller: &Caller, name: &str, args: &Object) -> Outcome {
    match name {
        "webhookSubscriptionCreate" => create(shop, caller, args),
        "webhookSubscriptionUpdate" => update(shop, args),
        _ => delete(shop, text_of(args, "id")),
    }
}

fn create(shop: &mut Shop, caller: &Caller, args: &Object) -> Outcome {
    let topic = text_of(args, "topic").to_owned();
    let mut fields = shaped(&input(args, "webhookSubscription"))?;
    if !fields.contains_key("uri") {
        return Err(users("webhookSubscription.callbackUrl", "Address can't be blank"));
    }
    if topic.starts_with("METAOBJECTS") && text_of(&fields, "filter").is_empty() {
        return Err(users("webhookSubscription", "Filter is required for metaobject topics"));
    }
    let address = fields.get("uri").cloned();
    let is_same = |body: &Object| text_of(body, "topic") == topic && body.get("uri") == address.as_ref();
    if shop.rows("WebhookSubscription").any(|(_, row)| is_same(&row.body)) {
        return Err(users(
            "webhookSubscription.callbackUrl",
            "Address for this topic has already been taken",
        ));
    }
    let version = &caller.version;
    fields.insert("topic".into(), json!(topic));
    fields.entry("format").or_insert_with(|| json!("JSON"));
    fields.entry("includeFields").or_insert_with(|| json!([]));
    fields.insert("apiVersion".into(), json!({"handle": version, "displayName": version, "supported": true}));
    Ok(payload("webhookSubscription", shop.insert("WebhookSubscription", fields)))
}

fn update(shop: &mut Shop, args: &Object) -> Outcome {
    let id = text_of(args, "id").to_owned();
    if shop.body_of("WebhookSubscription", &id).is_none() {
        return Err(users("id", "Webhook subscription does not exist"));
    }
    let fields = shaped(&input(args, "webhookSubscription"))?;
    shop.merge(&id, fields);
    Ok(payload("webhookSubscription", id))
}

fn delete(shop: &mut Shop, id: &str) -> Outcome {
    if shop.body_of("WebhookSubscription", id).is_none() {
        return Err(users("id", "Webhook subscription does not exist"));
    }
    shop.remove(id);
    Ok(payload("deletedWebhookSubscriptionId", id))
}

/// `uri` and `callbackUrl` are two names of one address.
fn shaped(given: &Object) -> Result<Object, Refusal> {
    let mut fields = given.clone();
    let address = fields.remove("callbackUrl").filter(Value::is_string).or_else(|| fields.remove("uri"));
    fields.remove("metafieldNamespaces");
    let Some(address) = address.as_ref().and_then(Value::as_str) else { return Ok(fields) };
    let url = Url::parse(address).ok().filter(is_allowed);
    if url.is_none() {
        return Err(users("webhookSubscription.callbackUrl", "Address is invalid"));
    }
    fields.insert("uri".into(), json!(address));
    fields.insert("callbackUrl".into(), json!(address));
    fields.insert("endpoint".into(), json!({"__typename": "WebhookHttpEndpoint", "callbackUrl": address}));
    Ok(fields)
}

/// The provider takes HTTPS only; a receiver on this machine is let through for tests.
fn is_allowed(url: &Url) -> bool {
    let is_local = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    url.scheme() == "https" || (url.scheme() == "http" && is_local)
}
