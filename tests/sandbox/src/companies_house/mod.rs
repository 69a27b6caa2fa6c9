//! Companies House: the UK register of companies, read only (fact sheet `companies_house`).
//!
//! Modelled: company profile, registered office, officers, one appointment, filing history, one filing, persons with
//! significant control and one of them, company search and advanced search; HTTP Basic with the key as user name, the
//! limit of 600 calls in five minutes for each key. Everything else is refused with 501.

mod config;
mod refusal;
mod register;
mod routes;
mod sandbox;
mod search;
#[cfg(test)]
mod tests;

pub use config::CompaniesHouseConfig;
pub use sandbox::{CompaniesHouseSandbox, start};
