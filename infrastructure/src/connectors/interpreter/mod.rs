//! Turns a manifest and data into requests, and answers into records and outcomes.
//!
//! [`ManifestConnection`] implements the port; its work stands in a file per step: making a request ([`call`]),
//! sending it with credentials ([`wire`]), judging the answer ([`answer`]), reading pages ([`read`], [`cursor`]),
//! writing ([`prepare`], [`send`]), OAuth ([`oauth`], [`tokens`]) and webhooks ([`webhook`]).

mod answer;
mod call;
mod connection;
mod cursor;
mod find;
mod oauth;
mod pluck;
mod prepare;
mod read;
mod records;
mod send;
mod soundness;
mod tokens;
mod webhook;
mod wire;

pub(super) use call::refused;
pub(super) use connection::{ManifestConnection, Secret, bucket};
pub(super) use oauth::{authorize, exchange, revoke};
pub(super) use tokens::refresh_now;
pub(super) use webhook::verify;

#[cfg(test)]
mod tests;
