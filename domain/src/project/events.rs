//! What happened to a project.

use serde::{Deserialize, Serialize};

use crate::event::variants;
use crate::ids::OrganizationId;
use crate::value::{Country, DisplayName};

/// A fact about a project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ProjectEvent {
    /// It was started.
    ProjectRegistered(ProjectRegistered),
    /// It has another name.
    ProjectRenamed(ProjectRenamed),
    /// It is in another country.
    CountryChanged(CountryChanged),
    /// It was ended.
    ProjectArchived(ProjectArchived),
}

variants!(ProjectEvent { ProjectRegistered, ProjectRenamed, CountryChanged, ProjectArchived });

/// A project was started.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProjectRegistered {
    /// The tenant that owns it.
    pub organization: OrganizationId,
    /// Its name.
    pub name: DisplayName,
    /// Where it does business.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
}

/// It has another name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProjectRenamed {
    /// The new name.
    pub name: DisplayName,
}

/// It is in another country.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CountryChanged {
    /// The new country; none where it was taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
}

/// It was ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProjectArchived {}
