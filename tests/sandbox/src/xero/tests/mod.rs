//! The simulator over HTTP, as a connector meets it.

mod batches;
mod contacts;
mod desk;
mod documents;
mod guards;
mod lists;
mod money;
mod notices;
mod oauth;
mod settings;
