//! Conflicts: one row per collision that was found, open and settled ones.

mod projection;
mod query;
mod row;
#[cfg(test)]
mod tests;

pub use projection::{ConflictProjection, conflict_id};
pub use query::{ConflictFilter, ConflictStatus, view};
pub use row::ConflictRow;
