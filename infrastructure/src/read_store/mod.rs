//! Tables and views of read models, on both databases.
//!
//! PostgreSQL keeps every column by its own type. SQLite knows five storage classes, so the type stands in the
//! column's declaration (`TIME_TEXT`, `DECIMAL_TEXT`, `JSON_TEXT`, `BOOLEAN_INTEGER`), from where views inherit it.

mod columns;
mod postgres;
mod publish;
mod query;
mod rows;
mod schema;
mod sqlite;
mod store;

pub use store::DatabaseReadStore;
