//! The simulator over HTTP, as a connector meets it.

mod desk;
mod guards;
mod linking;
mod notices;
mod reading;
mod states;
mod syncing;
