//! Mapping rules: one row per rule and mapping number of a config; the view shows the current number.

mod projection;
mod query;
mod row;
#[cfg(test)]
mod tests;

pub use projection::FieldMappingProjection;
pub use query::{FieldMappingFilter, view};
pub use row::FieldMappingRow;
