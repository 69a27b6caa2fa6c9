//! The engine end to end, against the simulators, step by step.

mod conflicts;
mod ground;
mod kills;
mod policies;
mod quickbooks;
mod secrets;
mod thread;
mod walk_through;
