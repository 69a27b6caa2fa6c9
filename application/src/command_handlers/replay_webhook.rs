//! Has a delivery processed again, while its body is still there.

use domain::stream::StreamId;
use domain::webhook_delivery::{WebhookDelivery, WebhookDeliveryCommand, WebhookDeliveryError};

use super::{Declined, Desk};
use crate::dispatcher::{Done, Envelope};
use crate::jobs::process_webhook;

impl Desk {
    /// Replays a delivery of the caller's organization; its job is enqueued at once.
    pub async fn replay_webhook(&self, envelope: &Envelope, stream: &StreamId) -> Result<Done, Declined> {
        let delivery = self.dispatcher().load::<WebhookDelivery>(stream).await?.state;
        let received = delivery.received.ok_or(WebhookDeliveryError::NotFound)?;
        let ports = &self.engine.ports;
        let body_kept = ports.blobs.get(envelope.organization, &received.body.blob).await?.is_some();
        let command = |_: &WebhookDelivery| WebhookDeliveryCommand::Replay { body_kept };
        let done = self.dispatcher().dispatch::<WebhookDelivery>(envelope, stream, command).await?;
        let job = process_webhook::job(envelope.organization, stream, &received.provider, self.engine.now());
        ports.queue.enqueue(vec![job]).await?;
        self.wakeups.notify("jobs");
        Ok(done)
    }
}
