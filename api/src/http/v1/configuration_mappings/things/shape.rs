//! As it is given, and as it is shown.

use domain::fields::Fields;
use domain::ids::IntegrationId;
use domain::integration::ConfigurationMapping;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::external::ExternalShape;

/// What one thing of ours (an add-on, a tax code) is at the provider.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MappingBody {
    /// The integration; needed for a new one, and never changed.
    pub(super) integration_id: Option<Uuid>,
    /// The type of the thing (`add_on`), at most 50 characters.
    mappable_type: String,
    /// The id of the thing.
    mappable_id: String,
    /// Its id at the provider.
    external_id: Option<String>,
    /// Its account code at the provider.
    external_account_code: Option<String>,
    /// Its name at the provider.
    external_name: Option<String>,
    /// Settings of its own.
    #[serde(default)]
    #[schema(value_type = Object)]
    settings: Fields,
}

impl MappingBody {
    pub(super) fn into_part(self, id: Uuid) -> ConfigurationMapping {
        ConfigurationMapping {
            id,
            mappable_type: self.mappable_type,
            mappable_id: self.mappable_id,
            external: ExternalShape {
                external_id: self.external_id,
                external_account_code: self.external_account_code,
                external_name: self.external_name,
            }
            .into_external(),
            settings: self.settings,
        }
    }
}

/// What one thing of ours (an add-on, a tax code) is at the provider.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MappingShape {
    /// Its id.
    id: Uuid,
    /// The integration.
    integration_id: String,
    /// The type of the thing (`add_on`), at most 50 characters.
    mappable_type: String,
    /// The id of the thing.
    mappable_id: String,
    /// What it is at the provider.
    external: ExternalShape,
    /// Settings of its own.
    #[schema(value_type = Object)]
    settings: Fields,
}

impl MappingShape {
    pub(super) fn of(integration: IntegrationId, part: &ConfigurationMapping) -> Self {
        Self {
            id: part.id,
            integration_id: integration.to_string(),
            mappable_type: part.mappable_type.clone(),
            mappable_id: part.mappable_id.clone(),
            external: ExternalShape::of(&part.external),
            settings: part.settings.clone(),
        }
    }
}
