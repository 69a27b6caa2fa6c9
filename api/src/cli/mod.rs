//! The command line, one subcommand a file.

mod demo;
mod import;
mod migrate;
mod program;
mod terminal;

pub use program::main;
