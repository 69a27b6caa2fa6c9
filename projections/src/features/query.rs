//! The view of features and its filter.

use application::ports::read_store::{ColumnType, Condition};
use domain::ids::OrganizationId;

use super::row::FeatureRow;
use crate::integrations::IntegrationRow;
use crate::list::{Conditions, Filter};
use crate::view::View;

/// `v_integration_features`.
pub fn view() -> View {
    let doc = "Features of live integrations that were switched, or have a trigger of their own. What a provider \
               offers beyond them stands in the catalogue.";
    let from = "{integration_features} r LEFT JOIN {integrations} i ON i.id = r.integration_id";
    View::new("v_integration_features", doc, from)
        .own::<FeatureRow>("r", &["id", "organization_id", "integration_id"])
        .own::<IntegrationRow>("i", &["project_id", "provider"])
        .own::<FeatureRow>(
            "r",
            &["feature", "enabled", "automatic", "trigger_override", "created_at", "updated_at"],
        )
        .only("i.deleted_at IS NULL")
}

/// Which features.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureFilter {
    /// Of this organization.
    pub organization: OrganizationId,
    /// Of this integration.
    pub integration: Option<String>,
    /// Of this code.
    pub feature: Option<String>,
    /// Those that are on, or off.
    pub enabled: Option<bool>,
}

impl Filter for FeatureFilter {
    const VIEW: &'static str = "v_integration_features";
    const ORDER: &'static str = "feature";
    const ORDER_KIND: ColumnType = ColumnType::Text;
    const DESCENDING: bool = false;

    fn conditions(&self) -> Vec<Condition> {
        Conditions::of(self.organization)
            .is("integration_id", self.integration.clone())
            .is("feature", self.feature.clone())
            .is("enabled", self.enabled)
            .done()
    }
}
