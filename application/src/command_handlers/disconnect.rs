//! Gives a connection and its credentials up.

use domain::ids::IntegrationId;
use domain::integration::{Integration, IntegrationCommand};
use domain::stream::{Kind, StreamId};

use super::desk::Within;
use super::{Declined, Desk};
use crate::dispatcher::{Done, Envelope};

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
        self.give_up_credentials(envelope.organization, id).await?;
        Ok(done)
    }
}
