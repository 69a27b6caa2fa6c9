//! Its subcommands.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use infrastructure::connectors::manifest;

use super::list::Form;
use super::live::LiveArgs;
use super::{check, entities, list, new};
use crate::cli::terminal;

/// Lists connectors, checks their manifests, begins new ones.
#[derive(Args, Clone, Debug)]
pub(crate) struct ConnectorsArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Clone, Debug)]
enum Action {
    /// Lists the connectors inside the program, and those of a folder
    List {
        /// Folder with connectors of your own
        #[arg(long, env = "HEADWATER_CONNECTORS", value_name = "DIR")]
        connectors: Option<PathBuf>,
        /// Everything, as JSON
        #[arg(long, conflicts_with = "markdown")]
        json: bool,
        /// The table of docs/providers.md
        #[arg(long)]
        markdown: bool,
    },
    /// Explains every mistake of a manifest with file, line and remedy, and plays its cases
    Check {
        /// A connector's folder, a folder of connectors, or a provider's key [default: those inside the program]
        what: Option<String>,
        /// Asks the provider who we are, with the credentials of an integration
        #[arg(long)]
        live: bool,
        #[command(flatten)]
        at: Box<LiveArgs>,
    },
    /// Begins a connector: a folder with a manifest, an entity and cases that pass `check`
    New {
        /// Its provider's key: lower-case letters, digits and _
        key: String,
        /// Where its folder is made
        #[arg(long, default_value = ".", value_name = "DIR")]
        folder: PathBuf,
    },
    /// Prints the JSON Schema of a manifest, for editors
    Schema,
    /// Lists our own entities, or the fields of one: what mappings lead to
    Entities {
        /// One of them
        name: Option<String>,
    },
}

impl ConnectorsArgs {
    /// Runs the subcommand. Answers whether nothing is wrong.
    pub(crate) async fn run(self) -> anyhow::Result<bool> {
        match self.action {
            Action::List { connectors, json, markdown } => {
                let form = match (json, markdown) {
                    (true, _) => Form::Json,
                    (_, true) => Form::Markdown,
                    _ => Form::Table,
                };
                list::list(connectors.as_deref(), form).map(|()| true)
            }
            Action::Check { what, live: true, at } => at.run(what.as_deref()).await,
            Action::Check { what, .. } => check::check(what.as_deref()).await,
            Action::Entities { name } => entities::entities(name.as_deref()).map(|()| true),
            Action::New { key, folder } => new::new(&key, &folder).map(|()| true),
            Action::Schema => {
                terminal::say(&serde_json::to_string_pretty(&manifest::json_schema())?);
                Ok(true)
            }
        }
    }
}
