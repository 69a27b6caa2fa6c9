//! A strict, stateful simulator of a Salesforce org (OAuth 2.0, sObject REST, SOQL, collections)
//! over real HTTP.
//!
//! Written from the provider's published facts, and from no other code of this workspace: it
//! cannot agree with our mistakes.

mod auth;
mod call;
mod config;
mod desk;
mod dispatch;
mod kind;
mod layout;
mod record;
mod refusal;
mod routes;
mod sandbox;
mod soql;
mod store;
mod times;

#[cfg(test)]
mod tests;

pub use config::{CustomField, DuplicateRule, SalesforceConfig, ValidationRule};
pub use sandbox::{SalesforceSandbox, start};
