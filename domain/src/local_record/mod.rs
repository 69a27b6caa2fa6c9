//! Our side's copy of a business record: pushed by API clients or written by inbound sync.
//!
//! Its version is its sequence. A put names what changes: an absent field keeps its value, null clears it.

mod aggregate;
mod commands;
mod error;
mod events;
mod put;
#[cfg(test)]
mod tests;

pub use aggregate::LocalRecord;
pub use commands::{DeleteRecord, EraseRecord, ItemKeys, LocalRecordCommand, PutRecord};
pub use error::LocalRecordError;
pub use events::{Deleted, Erased, LocalRecordEvent, Put, Source};
pub use put::same_value;
