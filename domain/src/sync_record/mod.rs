//! One pair of records, ours and the provider's: the heart of Headwater. Start at [`events`].

mod aggregate;
mod apply;
pub mod body;
pub mod canonical;
mod claims;
pub mod commands;
pub mod contents;
mod convert;
mod decide;
pub mod difference;
mod error;
pub mod events;
#[cfg(test)]
mod fixtures;
mod lines;
mod merge;
mod payload;
pub mod plan;
pub mod resolution;
pub mod used;

pub use aggregate::{ConflictDigests, LastIntent, LocalSide, OpenWrite, RemoteSide, SyncRecord};
pub use commands::SyncRecordCommand;
pub use error::SyncRecordError;
pub use events::SyncRecordEvent;

#[cfg(test)]
mod tests;
