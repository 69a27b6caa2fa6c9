//! Sync records: one row per pair, its columns derived from the aggregate's own state.

mod projection;
mod query;
mod row;
#[cfg(test)]
mod tests;

pub use projection::SyncRecordProjection;
pub use query::{EntityMappingFilter, SyncErrorFilter, SyncRecordFilter, errors_view, mappings_view, view};
pub use row::SyncRecordRow;
