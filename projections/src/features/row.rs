//! The row of a feature of an integration.

use chrono::{DateTime, Utc};
use domain::ids::OrganizationId;
use serde_json::Value;

use crate::row::row;

row! {
    /// A feature that was switched, or given a trigger of its own.
    FeatureRow in "integration_features" version 1 indexed [["integration_id"]] {
        /// Integration and feature: `<integration>/<feature>`.
        id: String,
        /// The organization that owns the integration.
        organization_id: OrganizationId,
        /// The integration.
        integration_id: String,
        /// The feature's code (`invoice_sync`).
        feature: String,
        /// Whether it is on.
        enabled: bool,
        /// Whether the project's country switched it, and nobody.
        automatic: bool,
        /// Its own trigger; null for the provider's default.
        trigger_override: Option<Value>,
        /// When it was first switched.
        created_at: DateTime<Utc>,
        /// When it last changed.
        updated_at: DateTime<Utc>,
    }
}
