//! Which sync records.

use domain::ids::OrganizationId;
use domain::value::SyncStatus;
use projections::sync_records::SyncRecordFilter;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::http::params::{time, words};
use crate::http::problem::Problem;

/// Which sync records.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RecordParams {
    /// Of this project.
    project_id: Option<Uuid>,
    /// Of this integration.
    integration_id: Option<Uuid>,
    /// Of this sync config.
    sync_config_id: Option<Uuid>,
    /// Of this provider.
    provider: Option<String>,
    /// Of this remote company.
    external_realm_id: Option<String>,
    /// Of this entity of ours.
    entity: Option<String>,
    /// Of this id on our side.
    local_id: Option<String>,
    /// Of this id on the provider's side.
    external_id: Option<String>,
    /// Of this name: a customer's name, a document's number.
    display_name: Option<String>,
    /// In one of these states, separated by commas.
    status: Option<String>,
    /// Changed after this time.
    updated_after: Option<String>,
}

impl RecordParams {
    /// As the views take it.
    pub(crate) fn filter(self, organization: OrganizationId) -> Result<SyncRecordFilter, Problem> {
        Ok(SyncRecordFilter {
            organization,
            project: self.project_id.map(|id| id.to_string()),
            integration: self.integration_id.map(|id| id.to_string()),
            config: self.sync_config_id.map(|id| id.to_string()),
            provider: self.provider,
            realm: self.external_realm_id,
            local_entity: self.entity,
            local_id: self.local_id,
            remote_id: self.external_id,
            display_name: self.display_name,
            status: words("status", self.status.as_deref(), SyncStatus::parse)?,
            updated_after: time("updated_after", self.updated_after.as_deref())?,
        })
    }
}
