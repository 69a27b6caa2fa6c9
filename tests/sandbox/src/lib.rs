//! Provider simulators for tests, benchmarks and the demonstration.
//!
//! They are stateful and strict, they speak real HTTP, and they import none of our other crates,
//! so they cannot agree with our mistakes. What a simulator does not model it refuses.
//!
//! - [`server`]: serving a router, stopping it, dropping a connection;
//! - [`faults`]: the seeded fault sequence every simulator shares;
//! - [`admin`]: the routes by which a run is steered and read;
//! - [`kit`]: what the simulators have in common;
//! - [`companies_house`]: the UK register of companies;
//! - [`crowd`]: many realms, each with its own limits;
//! - [`hmrc`]: HMRC, VAT;
//! - [`hubspot`]: a HubSpot account;
//! - [`plaid`]: Plaid, bank data;
//! - [`netsuite`]: a NetSuite account;
//! - [`quickbooks`]: QuickBooks Online;
//! - [`rest`]: a generic paged REST API;
//! - [`salesforce`]: a Salesforce org;
//! - [`sap_b1`]: SAP Business One, Service Layer;
//! - [`shopify`]: a Shopify shop;
//! - [`stripe`]: Stripe, payments and billing;
//! - [`xero`]: organisations of Xero.

pub mod admin;
pub mod companies_house;
pub mod crowd;
pub mod faults;
pub mod hmrc;
pub mod hubspot;
pub mod kit;
pub mod netsuite;
pub mod plaid;
pub mod quickbooks;
pub mod rest;
pub mod salesforce;
pub mod sap_b1;
pub mod server;
pub mod shopify;
pub mod stripe;
pub mod xero;

#[cfg(test)]
mod test_client;
