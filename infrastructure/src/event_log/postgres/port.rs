//! Each operation, as a statement of its own.

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
use super::{PostgresLog, append, claims, gather, read};

#[async_trait::async_trait]
impl RawLog for PostgresLog {
    async fn append(&self, batch: Batch) -> Result<Outcome, Unavailable> {
        append::append(self.postgres()?, &batch).await
    }

    async fn load(&self, query: LoadQuery) -> Result<Vec<RawLoaded>, Unavailable> {
        if query.streams.len() <= gather::FEW {
            return self.loads.load(query).await;
        }
        read::load(self.postgres()?, &query).await
    }

    async fn list_streams(&self, query: ListQuery) -> Result<Vec<StreamId>, Unavailable> {
        read::list_streams(self.postgres()?, &query).await
    }

    async fn read(
        &self,
        position: u64,
        limit: usize,
        filter: &Filter,
    ) -> Result<Vec<RawRecorded>, Unavailable> {
        read::read(self.postgres()?, position, limit, filter).await
    }

    async fn head(&self) -> Result<u64, Unavailable> {
        read::head(self.postgres()?).await
    }

    async fn first_from(&self, position: u64) -> Result<Option<(u64, DateTime<Utc>)>, Unavailable> {
        read::first_from(self.postgres()?, position).await
    }

    async fn claimed(&self, keys: &[ClaimKey]) -> Result<Vec<Option<Claimed>>, Unavailable> {
        claims::claimed(self.postgres()?, keys).await
    }

    async fn recognise(&self, asked: Vec<(ClaimKey, Option<Tag>)>) -> Result<Vec<Recognised>, Unavailable> {
        claims::recognise(self.postgres()?, &asked).await
    }

    async fn list_claims(&self, after: &[u8], limit: usize) -> Result<Vec<(ClaimKey, Claimed)>, Unavailable> {
        claims::list(self.postgres()?, after, limit).await
    }

    async fn replace_claims(&self, claims: Vec<(ClaimKey, Claimed)>) -> Result<(), Unavailable> {
        claims::replace(self.postgres()?, &claims).await
    }

    async fn command(
        &self,
        organization: OrganizationId,
        command: CommandId,
        now: DateTime<Utc>,
    ) -> Result<Option<Taken>, Unavailable> {
        claims::command(self.postgres()?, organization, command, now).await
    }

    async fn prune_commands(&self, now: DateTime<Utc>) -> Result<(), Unavailable> {
        claims::prune(self.postgres()?, now).await
    }

    async fn subject_keys(
        &self,
        organization: OrganizationId,
        subjects: Vec<StreamId>,
    ) -> Result<WrappedKeys, Unavailable> {
        read::subject_keys(self.postgres()?, organization, &subjects).await
    }
}
