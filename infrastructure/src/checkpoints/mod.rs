//! Checkpoints and the state of process managers, on both databases.

mod instances;
mod save;
mod store;

pub(crate) use save::MOVE;
pub use store::DatabaseCheckpoints;
