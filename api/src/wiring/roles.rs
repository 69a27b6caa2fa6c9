//! What a process does. One does everything unless told otherwise.

use clap::ValueEnum;

/// A part of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Answers HTTP: API, webhooks, authorizations.
    Api,
    /// Decides what follows from events, and calls providers.
    Work,
    /// Keeps the views up with the log.
    Project,
}

/// The parts a process does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roles(Vec<Role>);

impl Roles {
    /// These.
    pub fn of(roles: &[Role]) -> Self {
        Self(roles.to_vec())
    }

    /// All of them.
    pub fn all() -> Self {
        Self(vec![Role::Api, Role::Work, Role::Project])
    }

    /// Whether it does this part.
    pub fn has(&self, role: Role) -> bool {
        self.0.contains(&role)
    }

    /// Whether it does every part.
    pub fn is_whole(&self) -> bool {
        Role::value_variants().iter().all(|role| self.has(*role))
    }
}
