//! The project: registered once, then changed until it is archived.

use serde::{Deserialize, Serialize};

use super::commands::{ProjectCommand, RegisterProject};
use super::error::ProjectError;
use super::events::{CountryChanged, ProjectArchived, ProjectEvent, ProjectRegistered, ProjectRenamed};
use crate::aggregate::Aggregate;
use crate::claim::{ClaimChange, ClaimKey};
use crate::ids::OrganizationId;
use crate::stream::{Kind, StreamId};
use crate::value::{Country, DisplayName};

/// What integrations are connected for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Project {
    /// The tenant that owns it; none before it is registered.
    pub organization: Option<OrganizationId>,
    /// Its name.
    pub name: Option<DisplayName>,
    /// Where it does business.
    pub country: Option<Country>,
    /// Whether it was ended.
    pub archived: bool,
}

type Decision = Result<Vec<ProjectEvent>, ProjectError>;

impl Aggregate for Project {
    const KIND: Kind = Kind::Project;
    type Command = ProjectCommand;
    type Event = ProjectEvent;
    type Error = ProjectError;

    fn decide(&self, command: ProjectCommand) -> Decision {
        match command {
            ProjectCommand::Register(register) => self.register(register),
            ProjectCommand::Rename { name } => self.rename(name),
            ProjectCommand::ChangeCountry { country } => self.change_country(country),
            ProjectCommand::Archive => self.archive(),
        }
    }

    fn apply(&mut self, event: &ProjectEvent) {
        match event {
            ProjectEvent::ProjectRegistered(registered) => {
                self.organization = Some(registered.organization);
                self.name = Some(registered.name.clone());
                self.country = registered.country;
            }
            ProjectEvent::ProjectRenamed(renamed) => self.name = Some(renamed.name.clone()),
            ProjectEvent::CountryChanged(changed) => self.country = changed.country,
            ProjectEvent::ProjectArchived(_) => self.archived = true,
        }
    }

    fn claims(&self, _stream: &StreamId, event: &ProjectEvent) -> Vec<ClaimChange> {
        match event {
            ProjectEvent::ProjectRegistered(registered) => {
                vec![take(registered.organization, &registered.name)]
            }
            ProjectEvent::ProjectRenamed(renamed) => match (self.organization, self.name_claim()) {
                (Some(organization), Some(held)) => {
                    moved(held, ClaimKey::project_name(organization, renamed.name.as_str()))
                }
                _ => Vec::new(),
            },
            ProjectEvent::CountryChanged(_) => Vec::new(),
            ProjectEvent::ProjectArchived(_) => {
                self.name_claim().map(|key| ClaimChange::Release { key }).into_iter().collect()
            }
        }
    }
}

impl Project {
    fn register(&self, register: RegisterProject) -> Decision {
        if self.organization.is_some() {
            return Err(ProjectError::AlreadyRegistered);
        }
        let RegisterProject { organization, name, country } = register;
        Ok(vec![ProjectRegistered { organization, name, country }.into()])
    }

    fn rename(&self, name: DisplayName) -> Decision {
        self.check_live()?;
        if self.name.as_ref() == Some(&name) {
            return Ok(Vec::new());
        }
        Ok(vec![ProjectRenamed { name }.into()])
    }

    fn change_country(&self, country: Option<Country>) -> Decision {
        self.check_live()?;
        if self.country == country {
            return Ok(Vec::new());
        }
        Ok(vec![CountryChanged { country }.into()])
    }

    fn archive(&self) -> Decision {
        match (self.organization, self.archived) {
            (None, _) => Err(ProjectError::NotFound),
            (Some(_), true) => Ok(Vec::new()),
            (Some(_), false) => Ok(vec![ProjectArchived {}.into()]),
        }
    }

    const fn check_live(&self) -> Result<(), ProjectError> {
        match (self.organization, self.archived) {
            (None, _) => Err(ProjectError::NotFound),
            (Some(_), true) => Err(ProjectError::Archived),
            (Some(_), false) => Ok(()),
        }
    }

    fn name_claim(&self) -> Option<ClaimKey> {
        Some(ClaimKey::project_name(self.organization?, self.name.as_ref()?.as_str()))
    }
}

fn take(organization: OrganizationId, name: &DisplayName) -> ClaimChange {
    ClaimChange::Take { key: ClaimKey::project_name(organization, name.as_str()), tag: None }
}

/// A change of case keeps the claim it has.
fn moved(held: ClaimKey, wanted: ClaimKey) -> Vec<ClaimChange> {
    if held == wanted {
        return Vec::new();
    }
    vec![ClaimChange::Release { key: held }, ClaimChange::Take { key: wanted, tag: None }]
}
