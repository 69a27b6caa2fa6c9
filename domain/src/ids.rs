//! Typed ids. They are made outside (the `IdGenerator` port) and only carried here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// The id as its 16 bytes, for claim keys.
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )+};
}

ids! {
    /// A tenant: owns projects, keys and everything below them.
    OrganizationId,
    /// A project of an organization.
    ProjectId,
    /// One provider connected for one project.
    IntegrationId,
    /// What is kept in step, and how.
    SyncConfigId,
    /// One execution of a sync.
    SyncRunId,
    /// A customer's endpoint that the change feed is sent to.
    WebhookEndpointId,
    /// One request to a provider, with one or more intents.
    CallId,
    /// A command as its sender named it; makes a repeated command harmless.
    CommandId,
}

/// The organization every installation starts with.
pub const DEFAULT_ORGANIZATION: OrganizationId =
    OrganizationId(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0001));
/// The project of the default organization.
pub const DEFAULT_PROJECT: ProjectId = ProjectId(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0002));
