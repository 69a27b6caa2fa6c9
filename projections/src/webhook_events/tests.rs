//! Deliveries: events in, rows out.

use std::collections::BTreeMap;

use domain::ids::DEFAULT_PROJECT;
use domain::stream::webhook_delivery;
use domain::value::DeliveryStatus;
use domain::webhook_delivery::{
    Body, WebhookDeliveryEvent, WebhookFailed, WebhookProcessed, WebhookReceived, WebhookReplayed,
};

use super::WebhookEventProjection;
use crate::testing::{Log, at, digest, integration};

fn received() -> WebhookDeliveryEvent {
    let received = WebhookReceived {
        project: DEFAULT_PROJECT,
        integration: integration(),
        provider: "quickbooks".to_owned(),
        realm: "9130".to_owned(),
        event_type: "customer.updated".to_owned(),
        dedupe_id: "e1".to_owned(),
        headers: BTreeMap::from([("content-type".to_owned(), "application/json".to_owned())]),
        body: Body { digest: digest("body"), length: 4, blob: "b1".to_owned() },
        entity: Some("Customer".to_owned()),
        remote_id: Some("12".to_owned()),
        received_at: at(0),
    };
    received.into()
}

#[test]
fn a_delivery_that_fails_and_is_replayed_ends_processed() {
    let stream = webhook_delivery(integration(), "e1");
    let failed = WebhookFailed { reason: "the record is locked".to_owned(), attempt: 2 };
    let log = Log::of(&stream, [received(), failed.into()]);
    let row = log.row(WebhookEventProjection);
    assert_eq!((row.status, row.retry_count), (DeliveryStatus::Failed, 2));
    assert_eq!(row.error_message.as_deref(), Some("the record is locked"));
    let log = log.and(&stream, [WebhookReplayed {}.into(), WebhookDeliveryEvent::from(WebhookProcessed {})]);
    let row = log.row(WebhookEventProjection);
    assert_eq!((row.status, row.retry_count, row.error_message), (DeliveryStatus::Processed, 0, None));
    assert_eq!((row.received_at, row.processed_at), (at(0), Some(at(4))));
    assert_eq!(row.headers["content-type"], "application/json");
}
