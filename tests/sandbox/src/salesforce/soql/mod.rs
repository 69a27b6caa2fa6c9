//! SOQL: one object, conditions, order, limit; pages of the result.

mod answer;
mod evaluate;
mod filter;
mod lexer;
mod parser;
mod syntax;

pub(super) use answer::{Cursors, more, query};

#[cfg(test)]
mod tests;
