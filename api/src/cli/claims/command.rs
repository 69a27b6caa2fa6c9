//! The subcommand.

use std::collections::BTreeMap;

use application::ports::Unavailable;
use application::ports::event_log::{Claimed, EventLog};
use clap::{Args, Subcommand};
use domain::claim::{ClaimKey, ClaimKind};

use super::derive::derive;
use crate::cli::terminal::{self, Progress};
use crate::config::{DataConfig, KeysConfig};
use crate::wiring::{Place, Sources, Store};

/// Claims read at once.
const PAGE: usize = 5_000;
/// Differences that are named one by one.
const NAMED: usize = 20;

/// Compares the table of claims with what follows from the log, or makes it anew. Stop the hub first.
#[derive(Args, Clone, Debug)]
pub(crate) struct ClaimsArgs {
    #[command(subcommand)]
    action: Action,

    #[command(flatten)]
    data: DataConfig,

    #[command(flatten)]
    keys: KeysConfig,
}

#[derive(Subcommand, Clone, Copy, Debug)]
enum Action {
    /// Names every claim that is missing, too many, or held by another stream
    Check,
    /// Replaces the table by what follows from the log
    Rebuild,
}

impl ClaimsArgs {
    /// Runs the subcommand. Answers whether the table is right.
    pub(crate) async fn run(self) -> anyhow::Result<bool> {
        let place = Place { data: self.data, keys: self.keys };
        let _alone = place.alone()?;
        let store = Store::open(&place, Sources::default()).await?;
        let log = store.dispatcher.log.as_ref();
        let head = log.head().await?;
        let progress = Progress::of(head, "positions");
        let derived = derive(log, |position| progress.at(position, head)).await?;
        progress.done();
        let good = match self.action {
            Action::Check => check(log, &derived).await?,
            Action::Rebuild => {
                let count = derived.len();
                log.replace_claims(derived.into_iter().collect()).await?;
                terminal::say(&format!("{count} claims, as they follow from the log"));
                true
            }
        };
        store.database.close().await;
        Ok(good)
    }
}

async fn check(log: &dyn EventLog, derived: &BTreeMap<ClaimKey, Claimed>) -> Result<bool, Unavailable> {
    let stored = stored(log).await?;
    let mut differences = Vec::new();
    for (key, claimed) in derived {
        match stored.get(key) {
            None => differences.push(format!("missing: {} of {}", named(key), claimed.stream)),
            Some(held) if held != claimed => {
                differences.push(format!("{} is of {}, not of {}", named(key), claimed.stream, held.stream));
            }
            Some(_) => {}
        }
    }
    let extra = stored.iter().filter(|(key, _)| !derived.contains_key(*key));
    differences.extend(extra.map(|(key, held)| format!("too many: {} of {}", named(key), held.stream)));
    for difference in differences.iter().take(NAMED) {
        terminal::say(difference);
    }
    if differences.is_empty() {
        terminal::say(&format!("{} claims, all as they follow from the log", derived.len()));
    } else {
        let count = differences.len();
        terminal::say(&format!("{count} differences: `headwater claims rebuild` makes the table anew"));
    }
    Ok(differences.is_empty())
}

async fn stored(log: &dyn EventLog) -> Result<BTreeMap<ClaimKey, Claimed>, Unavailable> {
    let mut stored = BTreeMap::new();
    loop {
        let last = stored.last_key_value().map(|(key, _): (&ClaimKey, &Claimed)| key.clone());
        let page = log.list_claims(last.as_ref(), PAGE).await?;
        if page.is_empty() {
            return Ok(stored);
        }
        stored.extend(page);
    }
}

fn named(key: &ClaimKey) -> String {
    let kind = ClaimKind::of(&key.0).map_or_else(|| "unknown claim".to_owned(), |kind| format!("{kind:?}"));
    format!("{kind} {}", key.to_hex())
}
