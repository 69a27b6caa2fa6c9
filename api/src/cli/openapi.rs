//! `headwater openapi`: the HTTP interface as OpenAPI 3.1.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;

use super::terminal;

/// Prints the description of the HTTP interface (OpenAPI 3.1, JSON).
#[derive(Args, Clone, Debug)]
pub(crate) struct OpenApiArgs {
    /// Write it to this file instead
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl OpenApiArgs {
    /// Runs the subcommand.
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let document = crate::http::openapi().to_pretty_json()?;
        match self.output {
            Some(file) => {
                let written = std::fs::write(&file, document + "\n");
                written.with_context(|| format!("{} cannot be written", file.display()))?;
            }
            None => terminal::say(&document),
        }
        Ok(())
    }
}
