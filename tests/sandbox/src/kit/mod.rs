//! What the provider simulators have in common, and nothing a provider does differently.
//!
//! - [`clock`]: the simulator's time; [`keyed`]: seeded ids; [`decimals`]: money without floats;
//! - [`grants`], [`consent`]: the parts of an OAuth 2.0 authorization server;
//! - [`window`]: rate, cost and concurrency limits;
//! - [`replays`]: answers kept for idempotency keys; [`answer`]: an answer before it is HTTP;
//! - [`tally`]: counters; [`recorder`]: whole exchanges, for checks against official contracts;
//! - [`poster`]: webhooks; [`hands`]: edits by hand over HTTP; [`faulty`]: faults in the
//!   provider's own words.

pub mod answer;
pub mod clock;
pub mod consent;
pub mod decimals;
pub mod faulty;
pub mod grants;
pub mod hands;
pub mod keyed;
pub mod poster;
pub mod recorder;
pub mod replays;
pub mod tally;
pub mod window;

#[cfg(test)]
mod tests;

pub use answer::Answer;
pub use clock::Clock;
pub use consent::Params;
pub use grants::{Grant, Grants, Tokens};
pub use keyed::Ids;
pub use recorder::{Exchange, Recorder};
pub use tally::Tally;
