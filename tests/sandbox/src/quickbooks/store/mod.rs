//! The company's books: rows by entity with the indexes a large company needs.

mod balances;
mod company;
mod seed;
mod table;
mod view;

pub(crate) use company::{Change, Company, Operation, Replay, id_text, key_of_id};
pub(crate) use seed::tax_percent;
pub(crate) use table::Row;
pub(crate) use view::View;
