//! The simulator over HTTP, as a connector meets it.

mod bulk;
mod customers;
mod desk;
mod faulty;
mod graphql;
mod guards;
mod legacy;
mod listing;
mod oauth;
mod orders;
mod products;
mod stock;
mod webhooks;
