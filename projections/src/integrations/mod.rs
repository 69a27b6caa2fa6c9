//! Integrations: one row each, marked when deleted.

mod projection;
mod query;
mod row;
#[cfg(test)]
mod tests;

pub use projection::IntegrationProjection;
pub use query::{IntegrationFilter, view};
pub use row::IntegrationRow;
