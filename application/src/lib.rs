//! Use cases of Headwater: the dispatcher, the process managers, the jobs, and the ports they speak through.
//!
//! This crate decides and orders; it opens no socket and no database. Adapters live in `infrastructure`.

pub mod change_feed;
pub mod command_handlers;
pub mod dispatcher;
pub mod error;
pub mod gathering;
pub mod jobs;
pub mod ports;
pub mod process_managers;
pub mod sync;
