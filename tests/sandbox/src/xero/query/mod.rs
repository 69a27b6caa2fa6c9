//! Lists: which parameters, which rows, in which order, which page.

mod filter;
mod list;
mod order;

pub(super) use list::{Terms, list};
