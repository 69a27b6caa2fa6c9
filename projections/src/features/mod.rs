//! Features that were ever switched: one row per integration and feature.

mod projection;
mod query;
mod row;
#[cfg(test)]
mod tests;

pub use projection::FeatureProjection;
pub use query::{FeatureFilter, view};
pub use row::FeatureRow;
