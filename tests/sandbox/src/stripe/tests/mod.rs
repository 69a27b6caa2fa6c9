//! The simulator over HTTP, as a connector meets it.

mod catalogue;
mod desk;
mod forms;
mod guards;
mod invoices;
mod links;
mod lists;
mod money;
mod notices;
mod platform;
mod replays;
mod steering;
