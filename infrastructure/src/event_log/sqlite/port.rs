//! Each operation, as a job for the writer or a reader.

use application::ports::Unavailable;
use application::ports::event_log::{Claimed, Filter, Recognised};
use chrono::{DateTime, Utc};
use domain::claim::ClaimKey;
use domain::digest::Tag;
use domain::ids::{CommandId, OrganizationId};
use domain::stream::StreamId;

use super::super::raw::{
    Batch, ListQuery, LoadQuery, Outcome, RawLoaded, RawLog, RawRecorded, Taken, WrappedKeys,
};
use super::{SqliteLog, append, claims, read};

#[async_trait::async_trait]
impl RawLog for SqliteLog {
    async fn append(&self, batch: Batch) -> Result<Outcome, Unavailable> {
        self.sqlite()?.append(move |connection| append::append(connection, &batch)).await
    }

    async fn load(&self, query: LoadQuery) -> Result<Vec<RawLoaded>, Unavailable> {
        self.sqlite()?.read(move |connection| read::load(connection, &query)).await
    }

    async fn list_streams(&self, query: ListQuery) -> Result<Vec<StreamId>, Unavailable> {
        self.sqlite()?.read(move |connection| read::list_streams(connection, &query)).await
    }

    async fn read(
        &self,
        position: u64,
        limit: usize,
        filter: &Filter,
    ) -> Result<Vec<RawRecorded>, Unavailable> {
        let filter = filter.clone();
        self.sqlite()?.read(move |connection| read::read(connection, position, limit, &filter)).await
    }

    async fn head(&self) -> Result<u64, Unavailable> {
        self.sqlite()?.read(|connection| read::head(connection)).await
    }

    async fn first_from(&self, position: u64) -> Result<Option<(u64, DateTime<Utc>)>, Unavailable> {
        self.sqlite()?.read(move |connection| read::first_from(connection, position)).await
    }

    async fn claimed(&self, keys: &[ClaimKey]) -> Result<Vec<Option<Claimed>>, Unavailable> {
        let keys = keys.to_vec();
        self.sqlite()?.read(move |connection| claims::claimed(connection, &keys)).await
    }

    async fn recognise(&self, asked: Vec<(ClaimKey, Option<Tag>)>) -> Result<Vec<Recognised>, Unavailable> {
        self.sqlite()?.read(move |connection| claims::recognise(connection, &asked)).await
    }

    async fn list_claims(&self, after: &[u8], limit: usize) -> Result<Vec<(ClaimKey, Claimed)>, Unavailable> {
        let after = after.to_vec();
        self.sqlite()?.read(move |connection| claims::list(connection, &after, limit)).await
    }

    async fn replace_claims(&self, claims: Vec<(ClaimKey, Claimed)>) -> Result<(), Unavailable> {
        self.sqlite()?.write(move |connection| claims::replace(connection, &claims)).await
    }

    async fn command(
        &self,
        organization: OrganizationId,
        command: CommandId,
        now: DateTime<Utc>,
    ) -> Result<Option<Taken>, Unavailable> {
        let job = move |connection: &mut _| claims::command(connection, organization, command, now);
        self.sqlite()?.read(job).await
    }

    async fn prune_commands(&self, now: DateTime<Utc>) -> Result<(), Unavailable> {
        self.sqlite()?.write(move |connection| claims::prune_commands(connection, now)).await
    }

    async fn subject_keys(
        &self,
        organization: OrganizationId,
        subjects: Vec<StreamId>,
    ) -> Result<WrappedKeys, Unavailable> {
        self.sqlite()?.read(move |connection| read::subject_keys(connection, organization, subjects)).await
    }
}
