//! Local records: one row each, with the record's body.

mod projection;
mod query;
mod row;
#[cfg(test)]
mod tests;

pub use projection::LocalRecordProjection;
pub use query::{LocalRecordFilter, view};
pub use row::LocalRecordRow;
