//! `headwater openapi`: the HTTP interface as OpenAPI 3.1.

use clap::Args;

use super::terminal;

/// Prints the description of the HTTP interface (OpenAPI 3.1, JSON).
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct OpenApiArgs {}

impl OpenApiArgs {
    /// Runs the subcommand.
    pub(crate) fn run(self) -> anyhow::Result<()> {
        terminal::say(&crate::http::openapi().to_pretty_json()?);
        Ok(())
    }
}
