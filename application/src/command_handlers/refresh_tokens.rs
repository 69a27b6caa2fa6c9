//! Refreshes a connection's tokens because somebody asked.

use domain::ids::IntegrationId;
use domain::integration::{CredentialReference, Integration, IntegrationCommand};
use domain::stream::{Kind, StreamId};

use super::desk::{Within, target};
use super::{Declined, Desk};
use crate::dispatcher::{Done, Envelope};
use crate::ports::credentials::Owner;

impl Desk {
    /// Refreshes the tokens of an integration; the new ones are stored before anything uses them.
    pub async fn refresh_tokens(
        &self,
        envelope: &Envelope,
        (provider, id): (&str, IntegrationId),
    ) -> Result<Done, Declined> {
        let routes = self.routes().await?;
        let integration = &routes.integration_of(envelope.organization, id)?.state;
        if integration.identity.as_ref().is_none_or(|identity| identity.provider != provider) {
            return Err(Declined::invalid("integration_id", "it is an integration with another provider"));
        }
        self.engine.ports.connectors.refresh(&target(envelope.organization, id, integration)).await?;
        let stored = self.credentials.get(envelope.organization, &Owner::Integration(id)).await?;
        let token_expires_at = stored.and_then(|(secrets, _)| secrets.expires_at);
        let reference =
            integration.credential.as_ref().map_or(CredentialReference(id.0), |kept| kept.reference.clone());
        let stream = StreamId::of(Kind::Integration, id.0);
        let command = |_: &Integration| IntegrationCommand::RecordRotation {
            reference: reference.clone(),
            token_expires_at,
        };
        Ok(self.dispatcher().dispatch(envelope, &stream, command).await?)
    }
}
