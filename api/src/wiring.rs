//! The composition root: the only place that names concrete adapters.

mod connectors;
mod defaults;
mod gate;
mod hub;
mod looking;
mod migrations;
mod ownership;
mod roles;
mod running;
mod store;
mod views;

pub use defaults::register as register_defaults;
pub use hub::Hub;
pub use looking::desk;
pub use ownership::Ownership;
pub use roles::{Role, Roles};
pub use running::Running;
pub use store::{Place, Sources, Store};
