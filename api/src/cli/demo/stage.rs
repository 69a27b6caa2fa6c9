//! Where the demo is played: the hub over HTTP, the company in hand, and the hub's store to look into.

use anyhow::Context as _;
use domain::ids::DEFAULT_PROJECT;
use sandbox::quickbooks::QuickBooksSandbox;
use serde_json::Value;
use tokio::time::Instant;

use super::client::{Client, text};
use super::patience::Patience;
use super::{quiet, rows};
use crate::cli::terminal;
use crate::wiring::Store;

/// Everything a scene needs.
pub(super) struct Stage {
    pub(super) hub: Client,
    pub(super) books: QuickBooksSandbox,
    pub(super) store: Store,
    /// When the demo began.
    pub(super) began: Instant,
    /// How long it waits.
    pub(super) patience: Patience,
}

/// A pair of records in step.
pub(super) struct Linked {
    pub(super) local_id: String,
    pub(super) remote_id: String,
}

impl Stage {
    /// A line with the seconds since the beginning.
    pub(super) fn say(&self, text: &str) {
        terminal::say(&format!("{:>5.1} s  {text}", self.began.elapsed().as_secs_f32()));
    }

    /// Returns once nothing moves any more; `false` when patience was over before.
    pub(super) async fn quiet(&self) -> anyhow::Result<bool> {
        quiet::wait(&self.store, &self.books, self.patience).await
    }

    /// Pairs of an entity that are in step, by local id; ids that a file or a client gave.
    pub(super) async fn linked(&self, entity: &str) -> anyhow::Result<Vec<Linked>> {
        let rows = rows::all(self.store.read_store.as_ref(), "v_entity_mappings").await?;
        let of_entity = |row: &&Value| row["local_entity"] == entity && row["sync_status"] == "synced";
        let mut linked = Vec::new();
        for row in rows.iter().filter(of_entity) {
            let (local_id, remote_id) =
                (text(row, "local_id")?.to_owned(), text(row, "external_id")?.to_owned());
            if !local_id.starts_with('~') && local_id != "cash-sale" {
                linked.push(Linked { local_id, remote_id });
            }
        }
        linked.sort_by(|left, right| left.local_id.cmp(&right.local_id));
        Ok(linked)
    }

    /// Changes fields of one of our records, as a back end would.
    pub(super) async fn put(&self, entity: &str, local_id: &str, fields: Value) -> anyhow::Result<()> {
        let path = format!("/v1/projects/{DEFAULT_PROJECT}/records/{entity}/{local_id}");
        self.hub.put(&path, fields).await.map(drop)
    }

    /// Changes a record at the provider, as a bookkeeper would.
    pub(super) fn edit(&self, entity: &str, id: &str, patch: Value) -> anyhow::Result<()> {
        let edited = self.books.edit(entity, id, patch);
        edited.map(drop).map_err(|fault| anyhow::anyhow!("{entity} {id} cannot be edited: {fault}"))
    }

    /// Makes a record at the provider, as a bookkeeper would.
    pub(super) fn create(&self, entity: &str, body: Value) -> anyhow::Result<()> {
        let created = self.books.create(entity, body);
        created.map(drop).map_err(|fault| anyhow::anyhow!("the {entity} cannot be created: {fault}"))
    }

    /// The record of ours with this id.
    pub(super) async fn record(&self, entity: &str, local_id: &str) -> anyhow::Result<Value> {
        let rows = rows::all(self.store.read_store.as_ref(), "v_local_records").await?;
        let found = rows.into_iter().find(|row| row["entity"] == entity && row["local_id"] == local_id);
        found.map(|mut row| row["body"].take()).with_context(|| format!("there is no {entity} {local_id}"))
    }
}
