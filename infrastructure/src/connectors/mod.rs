//! Connectors: a provider is data (its manifest), and one interpreter turns data and records into requests and back.
//!
//! [`ConnectorRegistry`] holds every manifest, those inside the binary and those of a folder given at run time, and
//! implements the port [`application::ports::connector::Connectors`].

mod connector;
mod interpreter;
pub mod manifest;
#[cfg(test)]
mod memory;
mod registry;
mod services;

pub use registry::{ConnectorRegistry, Endpoints, RegistryError, RegistryOptions, embedded};
pub use services::Services;
