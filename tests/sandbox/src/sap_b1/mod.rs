//! SAP Business One, Service Layer v2 (fact sheet `sap_b1`): one company behind a load balancer with sticky nodes.
//!
//! Modelled: sessions with their two cookies, time-out and number; business partners, items, sales orders and A/R
//! invoices, listed with `$filter`, `$select`, `$orderby`, `$top`, `$skip`, `$count` and server-driven paging, created,
//! patched (lines merged), put, deleted, cancelled and closed under `ETag`; company and admin info. `$batch`, `$expand`,
//! version 1 of the protocol and every other entity set are refused with 501.

mod book;
mod config;
mod documents;
mod kinds;
mod listing;
mod masters;
mod property;
mod query;
mod refusal;
mod routes;
mod sandbox;
mod service;
mod session;
mod stamps;
#[cfg(test)]
mod tests;

pub use config::SapB1Config;
pub use sandbox::{SapB1Sandbox, start};
