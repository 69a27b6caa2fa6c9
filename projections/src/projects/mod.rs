//! Projects: one row each.

mod projection;
mod query;
mod row;
#[cfg(test)]
mod tests;

pub use projection::ProjectProjection;
pub use query::{ProjectFilter, view};
pub use row::ProjectRow;
