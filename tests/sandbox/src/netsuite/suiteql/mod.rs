//! SuiteQL: a subset, really parsed and run; the rest is refused.
//!
//! `SELECT` of columns and a few functions, inner and left joins on equality, `WHERE` with
//! comparisons, `AND`, `OR`, `NOT`, `IN`, `LIKE`, `BETWEEN`, `IS NULL`, and `ORDER BY`.

mod answer;
mod evaluate;
mod formats;
mod lexer;
mod parser;
mod run;
mod syntax;
mod tables;
mod value;

#[cfg(test)]
mod tests;

pub(super) use answer::answer;
