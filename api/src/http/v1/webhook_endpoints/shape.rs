//! An endpoint as it is shown, and the parts that commands share.

use application::process_managers::routes::Owned;
use chrono::{DateTime, Utc};
use domain::ids::{ProjectId, WebhookEndpointId};
use domain::webhook_endpoint::{Subscription, WebhookEndpoint};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::params;
use crate::http::problem::Problem;

/// An endpoint. Its address may carry a token and is never shown whole.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EndpointShape {
    /// Its id.
    id: String,
    /// Scheme, host and port of its address.
    origin: String,
    /// What it is for.
    description: String,
    /// Only changes of this project; every project's unless there is one.
    project_id: Option<String>,
    /// Only these types; all unless there are some.
    event_types: Vec<String>,
    /// Whether it is sent anything.
    enabled: bool,
    /// Why it is not.
    disabled_reason: Option<String>,
    /// Since when it is not.
    disabled_at: Option<DateTime<Utc>>,
    /// Until when the secret before the present one signs too.
    old_secret_until: Option<DateTime<Utc>>,
}

impl EndpointShape {
    pub(super) fn of(id: WebhookEndpointId, owned: &Owned<WebhookEndpoint>) -> Self {
        let WebhookEndpoint { origin, description, subscription, disabled, old_secret_until, .. } =
            owned.state.clone();
        let (reason, at) = disabled.map(|disabled| (disabled.reason, disabled.at)).unzip();
        Self {
            id: id.to_string(),
            origin,
            description,
            project_id: subscription.project.map(|project| project.to_string()),
            event_types: subscription.event_types,
            enabled: reason.is_none(),
            disabled_reason: reason,
            disabled_at: at,
            old_secret_until,
        }
    }
}

/// What an endpoint is sent, of a request's members.
pub(super) fn subscription(project: Option<&str>, event_types: Vec<String>) -> Result<Subscription, Problem> {
    let project: Option<ProjectId> = project.map(|id| params::id(id, "project")).transpose()?;
    Ok(Subscription { project, event_types })
}
