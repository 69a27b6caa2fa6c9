//! The event log: one order, claims decided in the append, on SQLite, PostgreSQL or in memory.
//!
//! [`StoredEventLog`] is the port. Below it: [`codec`] (names and JSON), `sealing` (personal contents), `group_commit`
//! (one append task per process), and per database the raw log over encoded rows. `cqrs` lets
//! `cqrs_es::CqrsFramework` work over the same log.

mod check;
pub mod codec;
pub mod cqrs;
mod decode;
mod encode;
mod group_commit;
mod last_page;
mod memory;
mod postgres;
mod raw;
mod sealing;
mod sqlite;
mod store;
pub mod upcast;

pub use store::StoredEventLog;
