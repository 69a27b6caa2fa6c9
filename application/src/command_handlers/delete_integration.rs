//! Deletes an integration with its credentials; refused while runs are active, unless forced.

use domain::claim::ClaimKey;
use domain::ids::{IntegrationId, OrganizationId};
use domain::integration::{Integration, IntegrationCommand};
use domain::stream::{Kind, StreamId};
use domain::sync_run::{SyncRun, SyncRunCommand};
use domain::value::Direction;

use super::desk::Within;
use super::{Declined, Desk};
use crate::dispatcher::{Done, Envelope};
use crate::ports::credentials::Owner;

impl Desk {
    /// Ends an integration. With `force`, its active runs are cancelled first.
    pub async fn delete_integration(
        &self,
        envelope: &Envelope,
        id: IntegrationId,
        (force, expected): (bool, Option<u64>),
    ) -> Result<Done, Declined> {
        let organization = envelope.organization;
        self.routes().await?.integration_of(organization, id)?;
        let runs = self.active_runs(organization, id).await?;
        if force {
            for run in &runs {
                let system = self.dispatcher().system(organization, "delete_integration");
                let reason = Some("its integration was deleted".to_owned());
                let cancel = |_: &SyncRun| SyncRunCommand::Cancel { reason: reason.clone() };
                // One that ended meanwhile is what was wanted.
                let _ = self.dispatcher().dispatch::<SyncRun>(&system, run, cancel).await;
            }
        }
        let active_runs = u32::try_from(runs.len()).unwrap_or(u32::MAX);
        let stream = StreamId::of(Kind::Integration, id.0);
        let command = |_: &Integration| IntegrationCommand::Delete { active_runs, force };
        let done = self.change::<Integration>(envelope, &stream, expected, command).await?;
        self.end_webhooks(envelope, id).await?;
        self.give_up_credentials(organization, id).await?;
        Ok(done)
    }

    /// Streams of the full and incremental runs of an integration that are not over.
    pub async fn active_runs(
        &self,
        organization: OrganizationId,
        id: IntegrationId,
    ) -> Result<Vec<StreamId>, Declined> {
        let routes = self.routes().await?;
        routes.integration_of(organization, id)?;
        let keys: Vec<ClaimKey> = routes
            .of_integration(id)
            .flat_map(|(config, _)| {
                [Direction::Inbound, Direction::Outbound].map(|way| ClaimKey::active_run(config, way))
            })
            .collect();
        let claimed = self.dispatcher().log.claimed(&keys).await?;
        Ok(claimed.into_iter().flatten().map(|claimed| claimed.stream).collect())
    }

    /// Gives tokens back where the provider takes them, and forgets them in any case.
    pub(super) async fn give_up_credentials(
        &self,
        organization: OrganizationId,
        id: IntegrationId,
    ) -> Result<(), Declined> {
        let routes = self.routes().await?;
        if let Some(owned) = routes.integrations.get(&id) {
            let target = super::desk::target(organization, id, &owned.state);
            if let Err(error) = self.engine.ports.connectors.revoke(&target).await {
                tracing::warn!(integration = %id, %error, "the provider did not take the tokens back");
            }
        }
        Ok(self.credentials.delete(organization, &Owner::Integration(id)).await?)
    }
}
