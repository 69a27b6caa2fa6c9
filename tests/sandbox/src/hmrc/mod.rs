//! HMRC, Making Tax Digital for VAT (fact sheet `hmrc`, and the official description of the API).
//!
//! Modelled: OAuth with single-use refresh tokens, obligations, submitting and viewing returns, liabilities, payments,
//! penalties, charge details, customer information, fraud prevention headers and their validation. Everything else is
//! refused with 501.

mod config;
mod fraud;
mod identity;
mod refusal;
mod returns;
mod routes;
mod sandbox;
#[cfg(test)]
mod tests;
mod trader;

pub use config::HmrcConfig;
pub use sandbox::{HmrcSandbox, start};
