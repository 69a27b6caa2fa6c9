//! Every provider end to end, through Headwater's own interface: the same scenes for all, on each one's simulator.

mod contract;
mod scenes;
mod stage;
mod stand;

mod companies_house;
mod hmrc;
mod hubspot;
mod netsuite;
mod plaid;
mod quickbooks;
mod salesforce;
mod sap_b1;
mod shopify;
mod stripe;
mod xero;
