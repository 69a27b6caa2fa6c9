//! As it is given, and as it is shown.

use domain::fields::Fields;
use domain::ids::IntegrationId;
use domain::integration::CollectionMapping;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::external::ExternalShape;

/// What a whole type of ours is booked on at the provider.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CollectionBody {
    /// The integration; needed for a new one, and never changed.
    pub(super) integration_id: Option<Uuid>,
    /// The type (`invoice`), at most 50 characters.
    mapping_type: String,
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

impl CollectionBody {
    pub(super) fn into_part(self, id: Uuid) -> CollectionMapping {
        CollectionMapping {
            id,
            mapping_type: self.mapping_type,
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

/// What a whole type of ours is booked on at the provider.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CollectionShape {
    /// Its id.
    id: Uuid,
    /// The integration.
    integration_id: String,
    /// The type (`invoice`), at most 50 characters.
    mapping_type: String,
    /// What it is at the provider.
    external: ExternalShape,
    /// Settings of its own.
    #[schema(value_type = Object)]
    settings: Fields,
}

impl CollectionShape {
    pub(super) fn of(integration: IntegrationId, part: &CollectionMapping) -> Self {
        Self {
            id: part.id,
            integration_id: integration.to_string(),
            mapping_type: part.mapping_type.clone(),
            external: ExternalShape::of(&part.external),
            settings: part.settings.clone(),
        }
    }
}
