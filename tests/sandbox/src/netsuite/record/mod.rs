//! Records: their fields, rules, lists and representation.

mod apply;
mod entities;
mod fields;
mod layout;
mod lines;
mod page;
mod read;
mod remove;
mod save;
mod search;
mod totals;
mod transform;

pub(super) use fields::{Type, fields};
pub(super) use page::Page;
pub(super) use read::{one, selected};
pub(super) use remove::remove;
pub(super) use save::{Ask, create, update};
pub(super) use search::{operators, search};
pub(super) use transform::transform;
