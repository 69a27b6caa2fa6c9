//! Sync runs: the log of every execution, kept when its integration is deleted.

mod projection;
mod query;
mod row;
#[cfg(test)]
mod tests;

pub use projection::SyncRunProjection;
pub use query::{SyncRunFilter, view};
pub use row::SyncRunRow;
