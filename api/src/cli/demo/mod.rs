//! `headwater demo`: everything once, on this machine, in under a minute. Nothing is staged inside the hub: the demo
//! speaks to it over HTTP, and at the end counts from the log, the views and the provider.

mod census;
mod changes;
mod client;
mod command;
mod connect;
mod patience;
mod process;
mod quiet;
mod report;
mod rows;
mod scene;
mod stage;

pub(crate) use command::DemoArgs;
