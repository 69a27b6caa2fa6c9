//! Process managers watch events and decide what follows: jobs to enqueue, things to remember, times to wake at.
//! They only decide; jobs act. They know only the log, never a projection.

pub mod inbound_sync;
mod knowledge;
pub mod outbound_sync;
pub mod outgoing_webhooks;
mod process_manager;
pub mod routes;
mod runner;
#[cfg(test)]
mod testing;

pub use knowledge::Knowledge;
pub use process_manager::{ProcessManager, Reaction};
pub use routes::Routes;
pub use runner::{Runner, run};
