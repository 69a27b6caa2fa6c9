//! Days on which a connection ends that nobody renews.

use chrono::TimeDelta;
use domain::ids::{IntegrationId, OrganizationId};

use super::desk::{Within, target};
use super::{Declined, Desk};
use crate::ports::connector::Deadline;
use crate::ports::credentials::Owner;

/// How long before they come deadlines are shown.
const SHOWN: TimeDelta = TimeDelta::days(60);

impl Desk {
    /// What ends of an integration's connection within the next 60 days, the first one first.
    pub async fn deadlines(
        &self,
        organization: OrganizationId,
        id: IntegrationId,
    ) -> Result<Vec<Deadline>, Declined> {
        let routes = self.routes().await?;
        let integration = &routes.integration_of(organization, id)?.state;
        // What was never connected cannot end.
        if integration.credential.is_none() {
            return Ok(Vec::new());
        }
        let stored = self.credentials.get(organization, &Owner::Integration(id)).await?;
        let (secrets, _) = stored.unwrap_or_default();
        let target = target(organization, id, integration);
        let connectors = &self.engine.ports.connectors;
        let until = self.engine.now() + SHOWN;
        let mut deadlines = connectors.deadlines(&target, &secrets, &integration.scopes);
        deadlines.retain(|deadline| deadline.at <= until);
        Ok(deadlines)
    }
}
