//! The simulator over HTTP, as a connector meets it.

mod batches;
mod desk;
mod faulty;
mod guards;
mod links;
mod listing;
mod oauth;
mod objects;
mod properties;
mod searches;
mod webhooks;
