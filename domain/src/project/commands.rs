//! What may be asked of a project.

use crate::ids::OrganizationId;
use crate::value::{Country, DisplayName};

/// A command to a project.
#[derive(Clone, Debug, PartialEq)]
pub enum ProjectCommand {
    /// Starts a project.
    Register(RegisterProject),
    /// Gives it another name.
    Rename {
        /// The new name, unique among the organization's projects.
        name: DisplayName,
    },
    /// Moves it to another country; integrations that the country calls for follow.
    ChangeCountry {
        /// The new country; none takes it away.
        country: Option<Country>,
    },
    /// Ends it. Its integrations are disabled.
    Archive,
}

/// Starts a project.
#[derive(Clone, Debug, PartialEq)]
pub struct RegisterProject {
    /// The tenant that owns it.
    pub organization: OrganizationId,
    /// Its name, unique among the organization's projects.
    pub name: DisplayName,
    /// Where it does business, if that matters.
    pub country: Option<Country>,
}
