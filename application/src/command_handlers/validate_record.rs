//! Says whether a record that is stored nowhere yet could be sent, and every reason why not.

use domain::fields::Fields;
use domain::ids::{IntegrationId, OrganizationId, ProjectId};

use super::desk::Within;
use super::preview::Preview;
use super::{Declined, Desk, Fault};

/// Whether a record could be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validated {
    /// What is in the way; empty when nothing is.
    pub errors: Vec<Fault>,
    /// Records it would wait for, as `<entity>/<id>`; they are no errors.
    pub waits_for: Vec<String>,
}

impl Desk {
    /// Checks a record against the mapping and the rules of the integration's config for its entity.
    pub async fn validate_record(
        &self,
        organization: OrganizationId,
        (project, entity, integration): (ProjectId, &str, IntegrationId),
        record: Fields,
    ) -> Result<Validated, Declined> {
        let routes = self.routes().await?;
        routes.project_of(organization, project)?;
        let owned = routes.integration_of(organization, integration)?;
        if owned.state.identity.as_ref().is_none_or(|identity| identity.project != project) {
            return Err(Declined::invalid(
                "integration_id",
                "it is an integration of another project: name one of this project",
            ));
        }
        let config = routes.entity_config(integration, entity).ok_or_else(|| {
            let message = format!("the integration has no sync config for {entity}: create one first");
            Declined::not_now("config_not_live", message)
        })?;
        let preview = Preview { record: Some(record), ..Preview::default() };
        let tried = self.preview_mapping(organization, config, preview).await?;
        let waits_for = tried.waits_for.iter().map(|need| format!("{}/{}", need.entity, need.id)).collect();
        Ok(Validated { errors: tried.problems, waits_for })
    }
}
