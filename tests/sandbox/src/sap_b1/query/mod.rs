//! The part of OData's query language that the Service Layer has.

mod compare;
mod filter;
mod lexer;
mod options;

pub(super) use compare::{Ground, ordering};
pub(super) use filter::Filter;
pub(super) use options::{Options, parameters};
