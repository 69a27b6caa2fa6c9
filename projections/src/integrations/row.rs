//! The row of an integration.

use chrono::{DateTime, Utc};
use domain::fields::Fields;
use domain::ids::{OrganizationId, ProjectId};
use domain::integration::Integration;
use domain::value::{Connection, Direction, ErrorClass};
use serde_json::Value;

use crate::row::{Encoded, row};

row! {
    /// One provider connected for one project.
    IntegrationRow in "integrations" version 1 indexed [
        ["organization_id", "provider"],
        ["enabled"],
        ["project_id"],
    ] {
        /// The integration's id.
        id: String,
        /// The organization that owns it.
        organization_id: OrganizationId,
        /// The project it is connected for.
        project_id: ProjectId,
        /// The provider's key (`quickbooks`).
        provider: String,
        /// Who started it: `auto` when the project's country called for it, else `person`.
        origin: String,
        /// Its code, unique in the organization.
        code: String,
        /// Its name.
        display_name: String,
        /// What it is for.
        description: String,
        /// Settings of its provider; never a credential.
        settings: Fields,
        /// The provider's address, where it is not the provider's usual one.
        base_url: Option<String>,
        /// Whether it may send and receive.
        enabled: bool,
        /// State of the connection: `disconnected`, `connecting`, `connected`, `error` or `expired`.
        connection_status: Connection,
        /// The remote company; `-` for providers without; null before the first connection.
        external_realm_id: Option<String>,
        /// The remote company's name, as the provider said it.
        external_realm_name: Option<String>,
        /// Direction that its sync configs inherit: `inbound`, `outbound` or `bidirectional`.
        sync_direction: Direction,
        /// Frequency that its sync configs inherit: `realtime`, `manual` or minutes.
        sync_frequency: String,
        /// The same in minutes; null for `realtime` and `manual`.
        sync_frequency_minutes: Option<i64>,
        /// What the provider granted, separated by spaces.
        scopes: String,
        /// Whether credentials are stored. Their values stand in no view.
        has_credentials: bool,
        /// When the access token ends, for kinds that have one.
        token_expires_at: Option<DateTime<Utc>>,
        /// Lookup tables by name: our value → the provider's.
        lookups: Value,
        /// How often a lookup table was set; half of every mapping version.
        lookups_number: u32,
        /// Limits that an operator raised: `calls_per_minute`, `calls_per_day`, `concurrent_calls`.
        limits: Value,
        /// The provider's last error, until calls succeed again.
        last_error: Option<String>,
        /// What can be done about it.
        last_error_class: Option<ErrorClass>,
        /// When the provider's last error came; kept when calls succeed again.
        last_error_at: Option<DateTime<Utc>>,
        /// Failures of the connection in a row.
        error_count: u32,
        /// Who confirmed the connection: `user:…`, `api_key:…` or `system:…`.
        connected_by: Option<String>,
        /// When the connection was last confirmed.
        connected_at: Option<DateTime<Utc>>,
        /// Who created it.
        created_by: String,
        /// Who last changed it.
        updated_by: String,
        /// When it was created.
        created_at: DateTime<Utc>,
        /// When it last changed.
        updated_at: DateTime<Utc>,
        /// When it was deleted; live views do not show it then.
        deleted_at: Option<DateTime<Utc>>,
        /// The aggregate's state, which the other columns are derived from.
        state: Encoded<Integration>,
    }
}
