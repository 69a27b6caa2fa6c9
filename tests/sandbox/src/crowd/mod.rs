//! A provider with a crowd of realms, each with limits of its own: it counts calls in a sliding window and calls at once
//! per realm, at a moment of its own between a call's coming and its answer.
//!
//! - `GET /me`: the realm of the key (`Authorization: Bearer key-<realm>`);
//! - `POST /things`, `GET /things/{id}`, `GET /things?external_id=`.

mod book;
mod http;
mod sandbox;

pub use book::Ledger;
pub use sandbox::{Clock, CrowdConfig, CrowdSandbox, start};

#[cfg(test)]
mod tests;
