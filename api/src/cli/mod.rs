//! The command line, one subcommand a file.

mod claims;
mod connectors;
#[cfg(feature = "sandbox")]
mod demo;
mod doctor;
mod import;
mod migrate;
mod openapi;
mod program;
mod projections;
#[cfg(feature = "sandbox")]
mod sandbox;
mod serve;
mod terminal;

pub use program::{main, run};
