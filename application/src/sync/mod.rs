//! The sync engine: brings one pair of records, or a page of them, into step.
//!
//! Everything is decided on loaded streams and appended as units; calls to a provider stand between two appends, the
//! intent before and the outcome after.

mod adopt;
mod calls;
pub mod context;
mod deletion;
pub mod directory;
pub mod engine;
mod failures;
pub mod inbound;
mod intent;
pub mod outbound;
pub mod outcome;
mod pace;
pub mod pair;
pub mod reconcile;
pub mod recovery;
pub mod references;
mod seen;
mod turns;

pub use context::Context;
pub use directory::Directory;
pub use engine::{Engine, Ports};
