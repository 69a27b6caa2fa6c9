//! The job queue: a table on both databases, leases with fencing tokens, lanes served by index.

mod enqueue;
mod lanes;
mod queue;
mod settle;
mod sql;
mod take;

pub(crate) use enqueue::enqueue;
pub use queue::DatabaseJobQueue;
