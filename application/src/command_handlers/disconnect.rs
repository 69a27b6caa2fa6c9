//! Gives a connection and its credentials up.

use domain::ids::IntegrationId;
use domain::integration::{Integration, IntegrationCommand};
use domain::stream::{Kind, StreamId};

use super::desk::{Within, target};
use super::{Declined, Desk};
use crate::dispatcher::{Done, Envelope};
use crate::error::Failure;
use crate::jobs::keep_webhooks;
use crate::ports::connector::{Subscribing, Subscription};

impl Desk {
    /// Disconnects an integration; its records stay linked, nothing is sent or received.
    pub async fn disconnect(
        &self,
        envelope: &Envelope,
        id: IntegrationId,
        (reason, expected): (Option<String>, Option<u64>),
    ) -> Result<Done, Declined> {
        self.routes().await?.integration_of(envelope.organization, id)?;
        let stream = StreamId::of(Kind::Integration, id.0);
        let command = |_: &Integration| IntegrationCommand::Disconnect { reason: reason.clone() };
        let done = self.change::<Integration>(envelope, &stream, expected, command).await?;
        self.end_webhooks(envelope, id).await?;
        self.give_up_credentials(envelope.organization, id).await?;
        Ok(done)
    }

    /// Deletes the subscriptions of a connection at its provider. What the provider does not take back is said in the
    /// log of the process; its deliveries are for nobody then.
    pub(super) async fn end_webhooks(&self, envelope: &Envelope, id: IntegrationId) -> Result<(), Declined> {
        let routes = self.routes().await?;
        let Some(owned) = routes.integrations.get(&id) else { return Ok(()) };
        let target = target(envelope.organization, id, &owned.state);
        let connectors = &self.engine.ports.connectors;
        let of_app = connectors.subscriptions(&target.provider).is_none_or(|described| described.of_app);
        for webhook in owned.state.webhooks.values() {
            let url = keep_webhooks::address(&self.operator.public_url, &target.provider, Some(id));
            let wanted = Subscribing { event: webhook.event_type.clone(), url };
            let known =
                Subscription { id: webhook.provider_webhook_id.clone(), expires_at: webhook.expires_at };
            if !of_app && let Err(error) = connectors.unsubscribe(&target, &wanted, &known).await {
                tracing::warn!(integration = %id, %error, "a subscription could not be deleted");
            }
            let reason = "the integration was disconnected".to_owned();
            let stream = StreamId::of(Kind::Integration, id.0);
            let end = |_: &Integration| IntegrationCommand::DeactivateWebhook {
                id: webhook.id,
                reason: reason.clone(),
            };
            let envelope = self.dispatcher().system(envelope.organization, "disconnect");
            match self.dispatcher().dispatch::<Integration>(&envelope, &stream, end).await {
                // A deleted integration has no webhooks any more.
                Ok(_) | Err(Failure::Refused(_)) => {}
                Err(failure) => return Err(failure.into()),
            }
        }
        Ok(())
    }
}
