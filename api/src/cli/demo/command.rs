//! The subcommand.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use domain::event::Event;
use domain::stream::LocalRecordKey;
use serde_json::{Value, json};

use crate::cli::import::import;
use crate::cli::terminal;
use crate::config::{DataConfig, KeysConfig};
use crate::wiring::{Place, Sources, Store, register_defaults};

/// The file that is imported without `--input`.
const SAMPLE: &str = include_str!("sample/invoice-lines.csv");

/// Shows what Headwater does: imports a file, is killed in the middle, goes on where it was.
#[derive(Args, Clone, Debug)]
pub(crate) struct DemoArgs {
    /// A shop's list of sold lines (the profile invoice-lines of `headwater import`) in place of the sample
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,

    /// Keep the database there [default: a temporary folder that goes with the demo]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,

    /// Print the numbers as one JSON object on the last line
    #[arg(long)]
    json: bool,
}

impl DemoArgs {
    /// Runs the subcommand.
    pub(crate) async fn run(self) -> anyhow::Result<bool> {
        let temporary = tempfile::tempdir().context("no temporary folder can be made")?;
        let folder = self.data_dir.clone().unwrap_or_else(|| temporary.path().to_owned());
        let place = Place { data: DataConfig::in_folder(&folder), keys: KeysConfig::default() };
        let input = match &self.input {
            Some(file) => file.clone(),
            None => {
                let sample = temporary.path().join("invoice-lines.csv");
                std::fs::write(&sample, SAMPLE)?;
                sample
            }
        };
        let (killed, half) = (place.clone(), input.clone());
        tokio::task::spawn_blocking(move || kill_in_the_middle(&killed, &half)).await??;
        let store = Store::open(&place, Sources::default()).await?;
        let again = import(&store, &input, |_| {}).await?;
        let counted = count(&store).await?;
        store.database.close().await;
        for (line, reason) in &again.left_out {
            terminal::say(&format!("left out: line {line}: {reason}"));
        }
        let rows = counted.iter().map(|(name, count)| vec![name.clone(), count.to_string()]);
        terminal::say(&terminal::table(&["counted in the log", ""], rows));
        if self.json {
            let counted: serde_json::Map<String, Value> =
                counted.into_iter().map(|(name, count)| (name, json!(count))).collect();
            terminal::say(&Value::Object(counted).to_string());
        }
        Ok(true)
    }
}

/// Imports on a runtime of its own, which is dropped with everything on it after the first batch.
fn kill_in_the_middle(place: &Place, input: &Path) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let (told, mut tells) = tokio::sync::mpsc::unbounded_channel();
    let working = async {
        let store = Store::open(place, Sources::default()).await?;
        register_defaults(&store.dispatcher).await?;
        import(&store, input, |taken| drop(told.send(taken))).await
    };
    let taken = runtime.block_on(async {
        tokio::select! {
            biased;
            taken = tells.recv() => Ok(taken.unwrap_or_default()),
            done = working => done.map(|imported| imported.created.values().sum()),
        }
    })?;
    runtime.shutdown_background();
    terminal::say(&format!("killed after {taken} records; opening the same file again"));
    Ok(())
}

async fn count(store: &Store) -> anyhow::Result<BTreeMap<String, u64>> {
    let mut counted: BTreeMap<String, u64> = BTreeMap::new();
    let (mut position, mut events) = (0, 0);
    loop {
        let page = store.dispatcher.log.read_all(position, 1_000).await?;
        let Some(last) = page.last() else { break };
        position = last.position;
        events += page.len() as u64;
        for event in &page {
            if let (Event::LocalRecord(_), Some(key)) = (&event.event, LocalRecordKey::parse(&event.stream)) {
                let fresh = u64::from(event.sequence == 1);
                *counted.entry(key.entity).or_default() += fresh;
                *counted.entry("records_imported".to_owned()).or_default() += fresh;
            }
        }
    }
    counted.insert("events".to_owned(), events);
    Ok(counted)
}
