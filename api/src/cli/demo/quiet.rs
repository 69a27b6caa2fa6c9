//! When everything has come to rest.

use std::time::Duration;

use anyhow::Context as _;
use sandbox::quickbooks::QuickBooksSandbox;
use serde_json::Value;
use tokio::time::Instant;

use super::patience::Patience;
use super::rows;
use crate::wiring::Store;

/// How often it is looked.
const LOOK: Duration = Duration::from_millis(150);
/// Looks in a row that must find the same: longer than webhooks are late.
const LOOKS: u32 = 6;
/// Statuses under which something still happens by itself.
const UNDER_WAY: [&str; 3] = ["pending_outbound", "pending_inbound", "outcome_unknown"];

/// What changes as long as somebody works.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pulse {
    head: u64,
    webhooks: u64,
    requests: u64,
}

/// Returns once nothing moves any more; `false` when patience was over before.
pub(super) async fn wait(
    store: &Store,
    books: &QuickBooksSandbox,
    patience: Patience,
) -> anyhow::Result<bool> {
    let (mut last, mut still): (Option<Pulse>, u32) = (None, 0);
    let mut moved = Instant::now();
    // A read that finds what is known leaves no event, but one job less.
    let mut left = 0;
    while still < LOOKS {
        if !patience.lasts(moved) {
            return Ok(false);
        }
        tokio::time::sleep(LOOK).await;
        let pulse = pulse(store, books).await?;
        let depth = store.queue.depth().await?;
        let jobs = depth.waiting + depth.running;
        if last.as_ref().is_none_or(|last| last.head != pulse.head) || jobs != left {
            (moved, left) = (Instant::now(), jobs);
        }
        still =
            if last.as_ref() == Some(&pulse) && at_rest(store, pulse.head).await? { still + 1 } else { 0 };
        last = Some(pulse);
    }
    Ok(true)
}

async fn pulse(store: &Store, books: &QuickBooksSandbox) -> anyhow::Result<Pulse> {
    let stats = books.stats();
    let head = store.dispatcher.log.head().await?;
    Ok(Pulse { head, webhooks: stats.webhooks_sent, requests: stats.requests.values().sum() })
}

async fn at_rest(store: &Store, head: u64) -> anyhow::Result<bool> {
    let depth = store.queue.depth().await?;
    if depth.waiting + depth.running > 0 {
        return Ok(false);
    }
    let places = store.checkpoints.list().await?;
    if places.iter().any(|(_, position)| *position < head) {
        return Ok(false);
    }
    let records = rows::all(store.read_store.as_ref(), "v_sync_records").await.context("v_sync_records")?;
    let under_way =
        |row: &Value| row["sync_status"].as_str().is_some_and(|status| UNDER_WAY.contains(&status));
    Ok(!records.iter().any(under_way))
}
