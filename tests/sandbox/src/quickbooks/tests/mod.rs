//! The simulator over HTTP, as a connector meets it.

mod batches;
mod books;
mod capture;
mod desk;
mod faulty;
mod guards;
mod identity;
mod notices;
mod oauth;
mod purchases;
mod updates;
