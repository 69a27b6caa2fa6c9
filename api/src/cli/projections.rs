//! `headwater projections`: the views' tables.

use clap::{Args, Subcommand};
use projections::rebuild::RebuildProgress;

use super::terminal::{self, Progress};
use crate::config::{DataConfig, KeysConfig};
use crate::wiring::{Place, Sources, Store};

/// Shows how far the views are, or makes them anew from the log.
#[derive(Args, Clone, Debug)]
pub(crate) struct ProjectionsArgs {
    #[command(subcommand)]
    action: Action,

    #[command(flatten)]
    data: DataConfig,

    #[command(flatten)]
    keys: KeysConfig,
}

#[derive(Subcommand, Clone, Debug)]
enum Action {
    /// Lists every projection with the position it has reached
    List,
    /// Fills fresh tables from the log's beginning, then points the views at them; the hub may go on meanwhile
    Rebuild {
        /// Which ones [default: all]
        names: Vec<String>,
    },
}

impl ProjectionsArgs {
    /// Runs the subcommand.
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let place = Place { data: self.data, keys: self.keys };
        let store = Store::open(&place, Sources::default()).await?;
        match self.action {
            Action::List => list(&store).await?,
            Action::Rebuild { names } => rebuild(&store, &names).await?,
        }
        store.database.close().await;
        Ok(())
    }
}

async fn list(store: &Store) -> anyhow::Result<()> {
    let head = store.dispatcher.log.head().await?;
    let places = store.checkpoints.list().await?;
    let rows = places.into_iter().filter_map(|(name, position)| {
        let table = name.strip_prefix("projection/")?;
        let lag = head.saturating_sub(position);
        Some(vec![table.to_owned(), position.to_string(), lag.to_string()])
    });
    terminal::say(&terminal::table(&["table", "position", "behind"], rows));
    Ok(())
}

async fn rebuild(store: &Store, names: &[String]) -> anyhow::Result<()> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let runner = store.projections(&store.dispatcher.ids.next().to_string());
    let progress = Progress::of(0, "positions");
    let report = |at: RebuildProgress| progress.at(at.position, at.head);
    runner.rebuild(&names, &report).await?;
    progress.done();
    let what = if names.is_empty() { "every projection".to_owned() } else { names.join(", ") };
    terminal::say(&format!("rebuilt {what}"));
    Ok(())
}
