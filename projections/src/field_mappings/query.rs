//! The view of mapping rules and its filter.

use application::ports::read_store::{ColumnType, Condition};
use domain::ids::OrganizationId;

use super::row::FieldMappingRow;
use crate::integrations::IntegrationRow;
use crate::list::{Conditions, Filter};
use crate::sync_configs::SyncConfigRow;
use crate::view::View;

const FROM: &str = "{field_mappings} r JOIN {sync_configs} c ON c.id = r.sync_config_id \
    AND c.mapping_number = r.mapping_number LEFT JOIN {integrations} i ON i.id = c.integration_id";

/// `v_field_mappings`.
pub fn view() -> View {
    let doc = "The rules of each live sync config's current mapping.";
    View::new("v_field_mappings", doc, FROM)
        .own::<FieldMappingRow>("r", &["id", "organization_id"])
        .own::<SyncConfigRow>("c", &["project_id", "integration_id"])
        .own::<IntegrationRow>("i", &["provider"])
        .own::<FieldMappingRow>("r", &["sync_config_id"])
        .own::<SyncConfigRow>("c", &["local_entity", "remote_entity"])
        .own::<FieldMappingRow>(
            "r",
            &[
                "mapping_number",
                "rule_id",
                "ordinal",
                "local_field",
                "remote_field",
                "transform_type",
                "transform_config",
                "direction",
                "is_required",
                "default_value",
                "created_at",
            ],
        )
        .only("c.deleted_at IS NULL AND i.deleted_at IS NULL")
}

/// Which mapping rules.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldMappingFilter {
    /// Of this organization.
    pub organization: OrganizationId,
    /// Of this integration.
    pub integration: Option<String>,
    /// Of this sync config.
    pub config: Option<String>,
    /// Of this field of ours.
    pub local_field: Option<String>,
    /// Of this field of the provider's.
    pub remote_field: Option<String>,
}

impl Filter for FieldMappingFilter {
    const VIEW: &'static str = "v_field_mappings";
    const ORDER: &'static str = "ordinal";
    const ORDER_KIND: ColumnType = ColumnType::Integer;
    const DESCENDING: bool = false;

    fn conditions(&self) -> Vec<Condition> {
        Conditions::of(self.organization)
            .is("integration_id", self.integration.clone())
            .is("sync_config_id", self.config.clone())
            .is("local_field", self.local_field.clone())
            .is("remote_field", self.remote_field.clone())
            .done()
    }
}
