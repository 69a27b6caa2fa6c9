//! GraphQL: a request is parsed, checked against the schema of its version, priced and run.
//!
//! - [`schema`], [`request`], [`coerce`], [`validate`], [`cost`]: before it runs;
//! - [`run`], [`page`], [`computed`]: running it over the shop's objects;
//! - [`problem`]: the errors at the top of an answer.

pub(super) mod coerce;
mod computed;
pub(super) mod cost;
mod page;
pub(super) mod problem;
pub(super) mod request;
pub(super) mod roots;
pub(super) mod run;
pub(super) mod schema;
pub(super) mod validate;

#[cfg(test)]
mod tests;
