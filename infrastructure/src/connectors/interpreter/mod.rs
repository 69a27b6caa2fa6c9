//! Turns a manifest and data into requests, and answers into records and outcomes.
//!
//! [`ManifestConnection`] implements the port; its work stands in a file per step: making a request ([`call`]), sending it
//! with credentials ([`wire`]), judging the answer ([`answer`]), reading pages ([`read`]), writing ([`prepare`], [`send`]),
//! credentials ([`tokens`], [`oauth`], [`oauth1`], [`session`], [`hosted`]), companies ([`realms`]), webhooks ([`webhook`]).

mod admission;
mod answer;
mod call;
mod connecting;
mod connection;
mod deadlines;
mod find;
mod hosted;
mod jwt;
mod oauth;
mod oauth1;
mod operation;
mod pluck;
mod prepare;
mod read;
mod realms;
mod records;
mod send;
mod session;
mod tokens;
mod webhook;
mod wire;

pub(super) use call::refused;
pub(super) use connecting::{authorize, exchange, give_up};
pub(super) use connection::{ManifestConnection, Opened, Secret, bucket};
pub(super) use deadlines::deadlines;
pub(super) use operation::Lookups;
pub(super) use realms::realms;
pub(super) use tokens::refresh_now;
pub(super) use webhook::{Delivery, KeyCache, renew, subscribe, subscriptions, unsubscribe, verify};

#[cfg(test)]
mod tests;
