//! What happened to an endpoint.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::event::variants;
use crate::ids::{OrganizationId, ProjectId};

/// A fact about an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WebhookEndpointEvent {
    /// It was started.
    WebhookEndpointCreated(WebhookEndpointCreated),
    /// It is another.
    WebhookEndpointChanged(WebhookEndpointChanged),
    /// Deliveries are signed with a new secret.
    WebhookSecretRotated(WebhookSecretRotated),
    /// It is sent nothing.
    WebhookEndpointDisabled(WebhookEndpointDisabled),
    /// It is sent deliveries again.
    WebhookEndpointEnabled(WebhookEndpointEnabled),
    /// It was ended.
    WebhookEndpointDeleted(WebhookEndpointDeleted),
}

variants!(WebhookEndpointEvent {
    WebhookEndpointCreated,
    WebhookEndpointChanged,
    WebhookSecretRotated,
    WebhookEndpointDisabled,
    WebhookEndpointEnabled,
    WebhookEndpointDeleted,
});

/// What an endpoint is sent. What is empty means everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Only changes of this project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
    /// Only these types: `invoice.updated`, or `invoice.*` for every change of an entity.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub event_types: Vec<String>,
}

impl Subscription {
    /// Whether a change of `entity` in `project` is sent.
    pub fn takes(&self, project: ProjectId, entity: &str, change: &str) -> bool {
        let fits = |wanted: &String| match wanted.rsplit_once('.') {
            Some((of, what)) => of == entity && (what == "*" || what == change),
            None => false,
        };
        self.project.is_none_or(|wanted| wanted == project)
            && (self.event_types.is_empty() || self.event_types.iter().any(fits))
    }
}

/// It was started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookEndpointCreated {
    /// The tenant.
    pub organization: OrganizationId,
    /// Scheme, host and port of its address.
    pub origin: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// What it is sent.
    #[serde(default)]
    pub subscription: Subscription,
}

/// It is another; what is absent stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookEndpointChanged {
    /// Scheme, host and port of its new address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription: Option<Subscription>,
}

/// Deliveries are signed with a new secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookSecretRotated {
    /// Until when the old one signs beside it.
    pub old_until: DateTime<Utc>,
}

/// It is sent nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookEndpointDisabled {
    /// Why.
    pub reason: String,
    /// Whether nobody asked for it: it did not take deliveries for a long time.
    #[serde(default)]
    pub automatic: bool,
    /// From when on it misses deliveries.
    pub at: DateTime<Utc>,
}

/// It is sent deliveries again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookEndpointEnabled {
    /// Since when it missed deliveries; they are sent now.
    pub missed_since: DateTime<Utc>,
}

/// It was ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookEndpointDeleted {}
