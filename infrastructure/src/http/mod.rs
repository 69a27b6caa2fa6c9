//! The one way out: every request that leaves Headwater goes through [`HttpClient`].
//!
//! HTTPS on port 443 to public addresses is allowed; anything else only by an operator's [`EgressAllow`] entry. Names
//! are resolved and filtered in the same step that connects, so an answer cannot change between check and use.
//! Redirects are not followed, nothing is tried twice, and no proxy is taken from the environment.

mod address;
mod client;
mod egress;
mod redaction;
mod resolver;

pub(crate) use client::HeaderMap;
pub use client::{Answer, HttpClient, HttpError, Outgoing, RESPONSE_LIMIT};
pub use egress::{EgressAllow, EgressPolicy, EgressRefusal};
pub use redaction::redact;

#[cfg(test)]
pub(crate) mod canned;
#[cfg(test)]
mod tests;
