//! `headwater migrate`: brings a database up to this program.

use clap::Args;

use super::terminal;
use crate::config::{DataConfig, KeysConfig};
use crate::wiring::{Place, Store};

/// Applies the migrations that the database lacks. A new database gets its key file. A file is migrated by itself at
/// every start; PostgreSQL only by this command.
#[derive(Args, Clone, Debug)]
pub(crate) struct MigrateArgs {
    #[command(flatten)]
    data: DataConfig,

    #[command(flatten)]
    keys: KeysConfig,
}

impl MigrateArgs {
    /// Runs the subcommand.
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let applied = Store::migrate(&Place { data: self.data, keys: self.keys }).await?;
        for name in &applied {
            terminal::say(&format!("applied {name}"));
        }
        if applied.is_empty() {
            terminal::say("nothing to do: the database is up to date");
        }
        Ok(())
    }
}
