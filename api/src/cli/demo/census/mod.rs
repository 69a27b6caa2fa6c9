//! Counting what really happened: in the log, in the views, and at the provider. Nothing here knows what was intended.

mod compare;
mod history;
mod state;
#[cfg(test)]
mod tests;

pub(super) use history::History;
pub(super) use state::State;
