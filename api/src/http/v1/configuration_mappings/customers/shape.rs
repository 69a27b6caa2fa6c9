//! As it is given, and as it is shown.

use domain::fields::Fields;
use domain::ids::IntegrationId;
use domain::integration::CustomerSettings;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What holds for one customer at a provider.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CustomerBody {
    /// The integration; needed for a new one, and never changed.
    pub(super) integration_id: Option<Uuid>,
    /// Our customer, by local id.
    customer_id: String,
    /// The kind of the customer at the provider (`company`), at most 50 characters.
    customer_type: String,
    /// The customer's id at the provider, until a sync record knows it.
    external_customer_id: Option<String>,
    /// Settings of its own.
    #[serde(default)]
    #[schema(value_type = Object)]
    settings: Fields,
}

impl CustomerBody {
    pub(super) fn into_part(self, id: Uuid) -> CustomerSettings {
        CustomerSettings {
            id,
            customer_id: self.customer_id,
            customer_type: self.customer_type,
            external_customer_id: self.external_customer_id,
            settings: self.settings,
        }
    }
}

/// What holds for one customer at a provider.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CustomerShape {
    /// Its id.
    id: Uuid,
    /// The integration.
    integration_id: String,
    /// Our customer, by local id.
    customer_id: String,
    /// The kind of the customer at the provider (`company`), at most 50 characters.
    customer_type: String,
    /// The customer's id at the provider.
    external_customer_id: Option<String>,
    /// Settings of its own.
    #[schema(value_type = Object)]
    settings: Fields,
}

impl CustomerShape {
    pub(super) fn of(integration: IntegrationId, part: &CustomerSettings) -> Self {
        Self {
            id: part.id,
            integration_id: integration.to_string(),
            customer_id: part.customer_id.clone(),
            customer_type: part.customer_type.clone(),
            external_customer_id: part.external_customer_id.clone(),
            settings: part.settings.clone(),
        }
    }
}
