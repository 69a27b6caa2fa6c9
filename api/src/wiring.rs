//! The composition root: the only place that names concrete adapters.

mod defaults;
mod migrations;
mod ownership;
mod store;

pub use defaults::register as register_defaults;
pub use store::{Place, Sources, Store};
