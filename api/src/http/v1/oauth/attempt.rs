//! An authorization as its owner sees it.

use application::ports::oauth_attempts::OAuthAttempt;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// An authorization under way or over.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AttemptShape {
    /// Its id.
    id: String,
    /// The provider's key.
    provider: String,
    /// The project.
    project_id: String,
    /// The integration that is connected by it.
    integration_id: String,
    /// `pending`, `realm_required`, `completed`, `failed` or `expired`.
    status: String,
    /// Why it failed.
    error: Option<String>,
    /// What the caller gave at its beginning.
    additional_data: Option<String>,
    /// Not usable after this.
    expires_at: String,
}

impl AttemptShape {
    pub(super) fn of(attempt: &OAuthAttempt, now: chrono::DateTime<chrono::Utc>) -> Self {
        let late = attempt.status == "pending" && attempt.expires_at <= now;
        let remembered: Option<Value> =
            attempt.additional_data.as_deref().and_then(|text| serde_json::from_str(text).ok());
        let given = remembered.and_then(|kept| kept["additional_data"].as_str().map(str::to_owned));
        Self {
            id: attempt.id.to_string(),
            provider: attempt.provider.clone(),
            project_id: attempt.project.to_string(),
            integration_id: attempt.integration.to_string(),
            status: if late { "expired".to_owned() } else { attempt.status.clone() },
            error: attempt.error.clone(),
            additional_data: given,
            expires_at: attempt.expires_at.to_rfc3339(),
        }
    }
}
