//! One organisation's books: rows by entity with the indexes a large organisation needs.

mod book;
mod seed;
mod table;

pub(super) use book::{Book, Change, is_live};
pub(super) use table::Row;
