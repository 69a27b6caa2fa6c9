//! The cases of a connector, played: each gives the provider's answers, and says what must be asked and what comes of it.
//! `headwater connectors check` plays them, and so do this repository's own tests.

mod bench;
mod doors;
mod language;
mod operations;
mod play;
mod script;
mod stage;
mod told;

pub use play::{Played, play};
