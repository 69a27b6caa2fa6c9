//! Webhooks: one delivery per subscription and change, signed over the raw body.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, Weak};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::payload::only;
use super::store::{Change, Shop};
use crate::kit::Ids;
use crate::kit::clock::rfc3339_millis;
use crate::kit::decimals::{Object, text_of};
use crate::kit::poster::{Courier, Delivery, hmac_sha256};

/// The header receivers tell deliveries apart by.
const WEBHOOK_ID: &str = "X-Shopify-Webhook-Id";

/// A delivery to be: everything but its ids.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    pub(crate) url: String,
    /// The subscription, when it was made through the API.
    pub(crate) subscription: Option<String>,
    pub(crate) topic: String,
    pub(crate) shop: String,
    pub(crate) version: String,
    pub(crate) event_id: String,
    pub(crate) at_ms: i64,
    pub(crate) body: Vec<u8>,
}

/// The provider's way of delivering.
pub(crate) struct Post {
    pub(crate) secret: String,
    pub(crate) ids: Ids,
    /// Subscriptions whose receiver fails are deleted.
    pub(crate) shop: Weak<Mutex<Shop>>,
    /// The subscription of each delivery under way, by its webhook id.
    pub(crate) under_way: HashMap<String, String>,
}

/// `ORDERS_CREATE` as `orders/create`.
pub(crate) fn topic_text(topic: &str) -> String {
    let (object, verb) = topic.rsplit_once('_').unwrap_or((topic, ""));
    format!("{}/{}", object.to_lowercase(), verb.to_lowercase())
}

/// The signature: base64, not hexadecimal.
pub(crate) fn signature(secret: &str, body: &[u8]) -> String {
    STANDARD.encode(hmac_sha256(secret.as_bytes(), body))
}

impl Courier for Post {
    type Notice = Notice;

    fn prepare(&mut self, notices: &[Notice]) -> Vec<Delivery> {
        let delivery = |notice: &Notice| {
            let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
            let webhook_id = self.ids.uuid();
            if let Some(subscription) = &notice.subscription {
                self.under_way.insert(webhook_id.clone(), subscription.clone());
            }
            Delivery {
                url: notice.url.clone(),
                secret: self.secret.clone(),
                headers: vec![
                    header("X-Shopify-Topic", &notice.topic),
                    header("X-Shopify-Shop-Domain", &notice.shop),
                    header("X-Shopify-API-Version", &notice.version),
                    header(WEBHOOK_ID, &webhook_id),
                    header("X-Shopify-Event-Id", &notice.event_id),
                    header("X-Shopify-Triggered-At", &rfc3339_millis(notice.at_ms)),
                ],
                body: notice.body.clone(),
            }
        };
        notices.iter().map(delivery).collect()
    }

    fn sign(&self, delivery: &Delivery, secret: &str) -> Vec<(String, String)> {
        vec![("X-Shopify-Hmac-SHA256".to_owned(), signature(secret, &delivery.body))]
    }

    fn settled(&mut self, delivery: &Delivery, accepted: bool) {
        let mut headers = delivery.headers.iter();
        let own = headers.find(|(name, _)| name == WEBHOOK_ID).and_then(|(_, id)| self.under_way.remove(id));
        let (Some(gid), Some(shop)) = (own, self.shop.upgrade()) else { return };
        if !accepted {
            let mut shop = shop.lock().expect("no code panics while it holds the shop");
            if shop.remove(&gid).is_some() {
                shop.tally.note("subscriptions_deleted");
            }
        }
    }
}

/// The deliveries for a change: one for each subscription to its topic.
pub(crate) fn notices(
    shop: &Shop,
    change: &Change,
    own: Option<&super::config::WebhookConfig>,
    (ids, version): (&mut Ids, &str),
) -> Vec<Notice> {
    let payload = change.payload.clone().or_else(|| super::payload::shown(shop, &change.gid));
    let Some(payload) = payload else { return Vec::new() };
    let event_id = ids.uuid();
    let notice = |url: &str, subscription: Option<String>, payload: &Value| Notice {
        url: url.to_owned(),
        subscription,
        topic: topic_text(change.topic),
        shop: text_of(shop.info(), "myshopifyDomain").to_owned(),
        version: version.to_owned(),
        event_id: event_id.clone(),
        at_ms: shop.clock.now_ms(),
        body: payload.to_string().into_bytes(),
    };
    let mut notices = Vec::new();
    if let Some(own) = own
        && (own.topics.is_empty() || own.topics.iter().any(|topic| topic == change.topic))
    {
        notices.push(notice(&own.url, None, &payload));
    }
    let is_subscribed = |body: &Object| text_of(body, "topic") == change.topic;
    let rows: Vec<Arc<Object>> = shop
        .rows("WebhookSubscription")
        .map(|(_, row)| row.body.clone())
        .filter(|body| is_subscribed(body))
        .collect();
    for body in rows {
        let gid = text_of(&body, "id").to_owned();
        notices.push(notice(text_of(&body, "uri"), Some(gid), &only(&payload, &body)));
    }
    notices
}
