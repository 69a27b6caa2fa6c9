//! OAuth 2.0 (RFC 6749, RFC 7523, RFC 7636, RFC 9700) over our own HTTP client.
//!
//! Written out rather than taken from a crate: providers write token requests as JSON, leave `token_type` out, name
//! their company in the answer, and prove the app by a signed assertion, which none of them can say in one.

mod answer;
mod assertion;
mod at;
mod authorize;
mod callback;
mod exchange;
mod revoke;
mod token;

pub(super) use answer::said_place;
pub(in crate::connectors) use at::At;
pub(super) use at::TOKEN_TIMEOUT;
pub(in crate::connectors) use authorize::authorize;
pub(in crate::connectors) use exchange::exchange;
pub(super) use exchange::{cut, mint, refresh};
pub(in crate::connectors) use revoke::revoke;
