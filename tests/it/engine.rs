//! The engine end to end, against the simulators, step by step.

mod at_once;
mod conflicts;
mod delivery;
mod ground;
mod kills;
mod policies;
mod quickbooks;
mod realms;
mod secrets;
mod thread;
mod walk_through;
