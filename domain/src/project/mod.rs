//! A project: what integrations are connected for. It belongs to an organization, which has a default one.

mod aggregate;
mod commands;
mod error;
mod events;
#[cfg(test)]
mod tests;

pub use aggregate::Project;
pub use commands::{ProjectCommand, RegisterProject};
pub use error::ProjectError;
pub use events::{CountryChanged, ProjectArchived, ProjectEvent, ProjectRegistered, ProjectRenamed};
