//! The port, over any of the raw logs.

use std::sync::Arc;

use application::ports::Unavailable;
use application::ports::clock::Clock;
use application::ports::event_log::{
    Appended, Claimed, CommandRecord, EventLog, Filter, Loaded, Opens, Recognised, Refused, Unit,
};
use application::ports::wakeups::Wakeups;
use chrono::{DateTime, Utc};
use domain::claim::ClaimKey;
use domain::digest::Tag;
use domain::event::Event;
use domain::ids::{CommandId, OrganizationId};
use domain::metadata::Recorded;
use domain::stream::{Kind, StreamId};

use super::encode::Encoded;
use super::group_commit::{GroupCommit, Settled};
use super::last_page::LastPage;
use super::memory::MemoryLog;
use super::postgres::PostgresLog;
use super::raw::{ListQuery, LoadQuery, RawLog, RawRecorded};
use super::sealing::SubjectKeys;
use super::sqlite::SqliteLog;
use super::upcast::UPCASTERS;
use super::{decode, encode};
use crate::database::Database;
use crate::vault::FileVault;

/// The event log of this process. Clones share it, with its append task.
#[derive(Clone)]
pub struct StoredEventLog {
    raw: Arc<dyn RawLog>,
    keys: Arc<SubjectKeys>,
    appends: GroupCommit,
    clock: Arc<dyn Clock>,
    last_page: Arc<LastPage>,
}

impl StoredEventLog {
    /// The log in a migrated database. Starts the append task, so it must be called within a tokio runtime.
    pub fn new(
        database: &Database,
        vault: Arc<FileVault>,
        clock: Arc<dyn Clock>,
        wakeups: Arc<dyn Wakeups>,
    ) -> Self {
        let raw: Arc<dyn RawLog> = if database.is_postgres() {
            Arc::new(PostgresLog::new(database.clone()))
        } else {
            Arc::new(SqliteLog::new(database.clone()))
        };
        Self::over(raw, vault, clock, wakeups)
    }

    /// A log in memory, for tests.
    pub fn in_memory(vault: Arc<FileVault>, clock: Arc<dyn Clock>, wakeups: Arc<dyn Wakeups>) -> Self {
        Self::over(Arc::new(MemoryLog::default()), vault, clock, wakeups)
    }

    fn over(
        raw: Arc<dyn RawLog>,
        vault: Arc<FileVault>,
        clock: Arc<dyn Clock>,
        wakeups: Arc<dyn Wakeups>,
    ) -> Self {
        let keys = Arc::new(SubjectKeys::new(vault, Arc::clone(&raw)));
        let settling = Arc::clone(&keys);
        let settled: Settled =
            Arc::new(move |unit, stored| settling.settle(unit.organization, &unit.keys, stored));
        let appends = GroupCommit::start(Arc::clone(&raw), Arc::clone(&clock), wakeups, settled);
        Self { raw, keys, appends, clock, last_page: Arc::default() }
    }

    async fn decode(&self, rows: Vec<RawRecorded>) -> Result<Vec<Recorded<Event>>, Unavailable> {
        decode::decode(rows, &self.keys, UPCASTERS, |_| true).await
    }
}

#[async_trait::async_trait]
impl EventLog for StoredEventLog {
    async fn append(&self, units: Vec<Unit>) -> Result<Vec<Result<Appended, Refused>>, Unavailable> {
        let Encoded { raw, rest } = encode::encode(units, &self.keys).await?;
        let answers = self.appends.submit(raw).await?;
        drop(rest);
        answers.wait().await
    }

    async fn load(&self, stream: &StreamId, after: u64) -> Result<Loaded, Unavailable> {
        let query = LoadQuery { streams: vec![stream.clone()], after, shape: None };
        let rows = self.raw.load(query).await?.into_iter().flat_map(|loaded| loaded.events).collect();
        Ok(Loaded { stream: stream.clone(), snapshot: None, events: self.decode(rows).await? })
    }

    async fn load_many(&self, streams: &[StreamId], shape: Option<u32>) -> Result<Vec<Loaded>, Unavailable> {
        let found = self.raw.load(LoadQuery { streams: streams.to_vec(), after: 0, shape }).await?;
        let mut loaded = Vec::with_capacity(streams.len());
        let (mut rows, mut counts) = (Vec::new(), Vec::with_capacity(streams.len()));
        for (stream, found) in streams.iter().zip(found) {
            counts.push(found.events.len());
            rows.extend(found.events);
            loaded.push(Loaded { stream: stream.clone(), snapshot: found.snapshot, events: Vec::new() });
        }
        let mut events = self.decode(rows).await?.into_iter();
        for (loaded, count) in loaded.iter_mut().zip(counts) {
            loaded.events = events.by_ref().take(count).collect();
        }
        Ok(loaded)
    }

    async fn list_streams(
        &self,
        kind: Kind,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StreamId>, Unavailable> {
        let after = after.unwrap_or_default().to_owned();
        self.raw.list_streams(ListQuery { kind, prefix: prefix.to_owned(), after, limit }).await
    }

    async fn read_all(&self, position: u64, limit: usize) -> Result<Vec<Recorded<Event>>, Unavailable> {
        self.read_filtered(position, limit, &Filter::default()).await
    }

    async fn read_filtered(
        &self,
        position: u64,
        limit: usize,
        filter: &Filter,
    ) -> Result<Vec<Recorded<Event>>, Unavailable> {
        self.decode(self.raw.read(position, limit, filter).await?).await
    }

    async fn read_opened(
        &self,
        position: u64,
        limit: usize,
        opens: Opens,
    ) -> Result<Vec<Recorded<Event>>, Unavailable> {
        let rows = self.raw.read(position, limit, &Filter::default()).await?;
        decode::decode(rows, &self.keys, UPCASTERS, opens).await
    }

    async fn read_closed(
        &self,
        position: u64,
        limit: usize,
    ) -> Result<Arc<Vec<Recorded<Event>>>, Unavailable> {
        if let Some(page) = self.last_page.get(position, limit) {
            return Ok(page);
        }
        let page = Arc::new(self.read_opened(position, limit, |_| false).await?);
        self.last_page.keep(position, &page);
        Ok(page)
    }

    async fn head(&self) -> Result<u64, Unavailable> {
        self.raw.head().await
    }

    async fn claimed(&self, keys: &[ClaimKey]) -> Result<Vec<Option<Claimed>>, Unavailable> {
        self.raw.claimed(keys).await
    }

    async fn recognise(&self, asked: Vec<(ClaimKey, Option<Tag>)>) -> Result<Vec<Recognised>, Unavailable> {
        self.raw.recognise(asked).await
    }

    async fn command(
        &self,
        organization: OrganizationId,
        command: CommandId,
    ) -> Result<Option<(CommandRecord, Appended)>, Unavailable> {
        self.raw.command(organization, command, self.clock.now()).await
    }

    async fn list_claims(
        &self,
        after: Option<&ClaimKey>,
        limit: usize,
    ) -> Result<Vec<(ClaimKey, Claimed)>, Unavailable> {
        self.raw.list_claims(after.map_or(&[], |key| key.0.as_slice()), limit).await
    }

    async fn replace_claims(&self, claims: Vec<(ClaimKey, Claimed)>) -> Result<(), Unavailable> {
        self.raw.replace_claims(claims).await
    }

    /// By halving: recorded times never decrease along positions.
    async fn position_at(&self, at: DateTime<Utc>) -> Result<u64, Unavailable> {
        let (mut known, mut end) = (0, self.raw.head().await?);
        while known < end {
            let middle = known + (end - known).div_ceil(2);
            match self.raw.first_from(middle).await? {
                Some((position, recorded_at)) if recorded_at <= at => known = position.max(middle),
                _ => end = middle - 1,
            }
        }
        Ok(known)
    }
}
