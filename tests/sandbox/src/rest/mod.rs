//! A generic paged REST API over any number of collections; its routes are in `http.rs`.
//! The records are reached in process through [`RestSandbox`].

mod app;
mod change;
mod clock;
mod collection;
mod config;
mod counts;
mod currency;
mod cursor;
mod generate;
mod http;
mod idempotency;
mod layout;
mod page;
mod problem;
mod query;
mod rate;
mod sandbox;
mod touch;
mod validate;
mod view;
mod webhook;

pub use config::{Idempotency, RestConfig, StampGranularity, WebhookTarget};
pub use problem::Problem;
pub use sandbox::{RestSandbox, start};

#[cfg(test)]
mod tests;
