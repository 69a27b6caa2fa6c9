//! Events of deliveries, folded into their rows.

use domain::event::Event;
use domain::metadata::Recorded;
use domain::stream::Kind;
use domain::value::DeliveryStatus;
use domain::webhook_delivery::{WebhookDeliveryEvent, WebhookReceived};

use super::row::WebhookEventRow;
use crate::projection::{Poison, Projection};
use crate::row::json;

/// Folds deliveries.
#[derive(Clone, Copy, Debug)]
pub struct WebhookEventProjection;

impl Projection for WebhookEventProjection {
    type Row = WebhookEventRow;

    const KINDS: &'static [Kind] = &[Kind::WebhookDelivery];

    fn begins(&self, event: &Recorded<Event>) -> bool {
        event.sequence == 1
    }

    fn apply(
        &self,
        key: &str,
        row: Option<WebhookEventRow>,
        recorded: &Recorded<Event>,
    ) -> Result<Option<WebhookEventRow>, Poison> {
        let Event::WebhookDelivery(event) = &recorded.event else { return Ok(row) };
        if let WebhookDeliveryEvent::WebhookReceived(received) = event {
            return Ok(Some(begun(key, received, recorded)));
        }
        Ok(row.map(|row| changed(row, event, recorded)))
    }
}

fn begun(key: &str, received: &WebhookReceived, recorded: &Recorded<Event>) -> WebhookEventRow {
    WebhookEventRow {
        id: key.to_owned(),
        organization_id: recorded.organization,
        project_id: received.project.to_string(),
        integration_id: received.integration.to_string(),
        provider: received.provider.clone(),
        external_realm_id: received.realm.clone(),
        event_type: received.event_type.clone(),
        dedupe_id: received.dedupe_id.clone(),
        remote_entity: received.entity.clone(),
        remote_id: received.remote_id.clone(),
        headers: json(&received.headers),
        body_digest: received.body.digest.to_string(),
        body_length: received.body.length,
        status: DeliveryStatus::Pending,
        error_message: None,
        retry_count: 0,
        received_at: received.received_at,
        processed_at: None,
        updated_at: recorded.recorded_at,
    }
}

fn changed(
    mut row: WebhookEventRow,
    event: &WebhookDeliveryEvent,
    recorded: &Recorded<Event>,
) -> WebhookEventRow {
    row.updated_at = recorded.recorded_at;
    match event {
        WebhookDeliveryEvent::WebhookReceived(_) => {}
        WebhookDeliveryEvent::WebhookProcessed(_) => {
            row.status = DeliveryStatus::Processed;
            row.error_message = None;
            row.processed_at = Some(recorded.recorded_at);
        }
        WebhookDeliveryEvent::WebhookFailed(failed) => {
            row.status = DeliveryStatus::Failed;
            row.error_message = Some(failed.reason.clone());
            row.retry_count = failed.attempt;
        }
        WebhookDeliveryEvent::WebhookIgnored(ignored) => {
            row.status = DeliveryStatus::Ignored;
            row.error_message = Some(ignored.reason.clone());
        }
        WebhookDeliveryEvent::WebhookReplayed(_) => {
            row.status = DeliveryStatus::Pending;
            row.error_message = None;
            row.retry_count = 0;
            row.processed_at = None;
        }
    }
    row
}
