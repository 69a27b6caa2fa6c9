//! The composition root: the only place that names concrete adapters.

// http: mod connectors;
mod defaults;
// http: mod gate;
// http: mod hub;
mod migrations;
mod ownership;
mod roles;
// http: mod running;
mod store;
// http: mod views;

pub use defaults::register as register_defaults;
// http: pub use hub::Hub;
pub use ownership::Ownership;
pub use roles::{Role, Roles};
// http: pub use running::Running;
pub use store::{Place, Sources, Store};
