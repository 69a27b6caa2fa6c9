//! What may be asked of an endpoint.

use chrono::{DateTime, Utc};

use super::events::Subscription;
use crate::ids::OrganizationId;

/// A command to an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WebhookEndpointCommand {
    /// Starts one, enabled.
    Create(Box<CreateEndpoint>),
    /// Changes what it is; what is not given stays.
    Change {
        /// Scheme, host and port of its new address.
        origin: Option<String>,
        /// What it is for.
        description: Option<String>,
        /// What it is sent.
        subscription: Option<Subscription>,
    },
    /// Records that deliveries are signed with a new secret.
    RotateSecret {
        /// Until when the old one signs beside it.
        old_until: DateTime<Utc>,
    },
    /// Sends it nothing more.
    Disable {
        /// Why.
        reason: String,
        /// Whether nobody asked for it: it did not take deliveries for a long time.
        automatic: bool,
        /// Now.
        at: DateTime<Utc>,
    },
    /// Sends it deliveries again, those of the meantime included.
    Enable,
    /// Ends it.
    Delete,
}

/// Starts an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateEndpoint {
    /// The tenant.
    pub organization: OrganizationId,
    /// Scheme, host and port of its address.
    pub origin: String,
    /// What it is for.
    pub description: String,
    /// What it is sent.
    pub subscription: Subscription,
}
