//! Sync configs: one row each, marked when deleted.

mod projection;
mod query;
mod row;
#[cfg(test)]
mod tests;

pub use projection::SyncConfigProjection;
pub use query::{SyncConfigFilter, view};
pub use row::SyncConfigRow;
