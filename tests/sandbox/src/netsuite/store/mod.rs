//! The account's records.

mod account;
mod seed;

pub(super) use account::{Ledger, Row, id_in};
