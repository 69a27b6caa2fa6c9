//! Reads the command line and runs the subcommand.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use super::demo::DemoArgs;
use super::import::ImportArgs;
use super::migrate::MigrateArgs;
use super::terminal;
use crate::config::LoggingConfig;
use crate::telemetry;

/// Keeps business records in step between your own systems and the services you use.
#[derive(Parser, Debug)]
#[command(name = "headwater", version, max_term_width = 110, arg_required_else_help = true)]
struct Program {
    #[command(flatten)]
    logging: LoggingConfig,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Demo(DemoArgs),
    Import(ImportArgs),
    Migrate(MigrateArgs),
}

impl Command {
    /// Log filter without one of the operator's: services tell what they do, tools what goes wrong.
    fn fallback(&self) -> &'static str {
        "warn"
    }

    /// Runs it. Answers whether all went well; what did not was said.
    async fn run(self) -> anyhow::Result<bool> {
        match self {
            Self::Demo(args) => args.run().await,
            Self::Import(args) => args.run().await,
            Self::Migrate(args) => args.run().await.map(|()| true),
        }
    }
}

/// The program: parses, runs, and tells the shell how it went (0 well, 1 not everything, 2 not at all).
pub fn main() -> ExitCode {
    let Program { logging, command } = Program::parse();
    let outcome = telemetry::logging(&logging, command.fallback()).and_then(|()| {
        let runtime = tokio::runtime::Runtime::new()?;
        runtime.block_on(command.run())
    });
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            terminal::warn(&format!("headwater: {error:#}"));
            ExitCode::from(2)
        }
    }
}
