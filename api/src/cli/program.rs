//! Reads the command line and runs the subcommand.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use super::claims::ClaimsArgs;
use super::connectors::ConnectorsArgs;
#[cfg(feature = "sandbox")]
use super::demo::DemoArgs;
use super::doctor::DoctorArgs;
use super::import::ImportArgs;
use super::migrate::MigrateArgs;
use super::openapi::OpenApiArgs;
use super::projections::ProjectionsArgs;
#[cfg(feature = "sandbox")]
use super::sandbox::SandboxArgs;
use super::serve::{ServeArgs, WorkArgs};
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
    Serve(ServeArgs),
    Work(WorkArgs),
    #[cfg(feature = "sandbox")]
    Demo(DemoArgs),
    #[cfg(feature = "sandbox")]
    Sandbox(SandboxArgs),
    Import(ImportArgs),
    Migrate(MigrateArgs),
    Projections(ProjectionsArgs),
    Claims(ClaimsArgs),
    Connectors(ConnectorsArgs),
    Doctor(DoctorArgs),
    Openapi(OpenApiArgs),
}

impl Command {
    /// Log filter without one of the operator's: services tell what they do, tools what goes wrong.
    fn fallback(&self) -> &'static str {
        match self {
            Self::Serve(_) | Self::Work(_) => "info",
            #[cfg(feature = "sandbox")]
            Self::Demo(_) => "error",
            _ => "warn",
        }
    }

    /// Runs it. Answers whether all went well; what did not was said.
    async fn run(self) -> anyhow::Result<bool> {
        match self {
            Self::Serve(args) => args.run().await,
            Self::Work(args) => args.run().await,
            #[cfg(feature = "sandbox")]
            Self::Demo(args) => args.run().await,
            #[cfg(feature = "sandbox")]
            Self::Sandbox(args) => args.run().await.map(|()| true),
            Self::Import(args) => args.run().await,
            Self::Migrate(args) => args.run().await.map(|()| true),
            Self::Projections(args) => args.run().await.map(|()| true),
            Self::Claims(args) => args.run().await,
            Self::Connectors(args) => args.run().await,
            Self::Doctor(args) => args.run().await,
            Self::Openapi(args) => args.run().map(|()| true),
        }
    }
}

/// The program: parses, runs, and tells the shell how it went (0 well, 1 not everything, 2 not at all).
pub fn main() -> ExitCode {
    ExitCode::from(run(std::env::args_os()))
}

/// The program with these arguments, its own name first. Ends the process itself where the arguments are wrong, or ask
/// for help.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let Program { logging, command } = Program::parse_from(arguments);
    let outcome = telemetry::logging(&logging, command.fallback()).and_then(|()| {
        let runtime = tokio::runtime::Runtime::new()?;
        runtime.block_on(command.run())
    });
    match outcome {
        Ok(true) => 0,
        Ok(false) => 1,
        Err(error) => {
            terminal::warn(&format!("headwater: {error:#}"));
            2
        }
    }
}
