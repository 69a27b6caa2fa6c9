//! Sends one record because somebody asked, and waits a while for what becomes of it.

use chrono::TimeDelta;
use domain::ids::{IntegrationId, OrganizationId};
use domain::local_record::LocalRecord;
use domain::stream::{LocalRecordKey, SyncRecordKey};
use domain::sync_record::SyncRecord;
use domain::value::SyncStatus;
use futures::future::{Either, select};

use super::desk::Within;
use super::{Declined, Desk};
use crate::jobs::push_records::push_job;

/// How long a caller waits for the outcome.
const PATIENCE: TimeDelta = TimeDelta::seconds(10);
/// How often it is looked at, when nothing wakes us.
const LOOK_AGAIN: TimeDelta = TimeDelta::milliseconds(100);

/// Which record, to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sending {
    /// The tenant.
    pub organization: OrganizationId,
    /// The record.
    pub record: LocalRecordKey,
    /// The integration that sends it.
    pub integration: IntegrationId,
}

/// Where a pair of records stands.
#[derive(Clone, Debug, PartialEq)]
pub struct SyncState {
    /// The pair.
    pub key: SyncRecordKey,
    /// Its state.
    pub state: SyncRecord,
    /// Whether the outcome for the record's present version is known.
    pub settled: bool,
}

impl Desk {
    /// Sends a record now, whatever its config's trigger; answers once the outcome is known, or after ten seconds.
    pub async fn send_record(&self, sending: &Sending) -> Result<SyncState, Declined> {
        let local = self.dispatcher().load::<LocalRecord>(&sending.record.stream()).await?;
        if local.state.version == 0 {
            return Err(domain::local_record::LocalRecordError::NotFound.into());
        }
        let key = self.sending_key(sending).await?;
        let context = self.context(&key).await?;
        if local.state.exists() && !context.fits(&local.state.fields) {
            let message = "the sync config's filter leaves this record out: change the record or the filter";
            return Err(Declined::not_now("filtered_out", message));
        }
        let routes = self.routes().await?;
        let live = routes.live(key.config).ok_or_else(not_live)?;
        let job = push_job(&live, &key, self.engine.now());
        self.engine.ports.queue.enqueue(vec![job]).await?;
        self.wakeups.notify("jobs");
        let deadline = self.engine.now() + PATIENCE;
        loop {
            let now = self.sync_state(&key, local.state.version).await?;
            let at = self.engine.now();
            if now.settled || at >= deadline {
                return Ok(now);
            }
            let news = self.wakeups.wait("log");
            let pause = self.dispatcher().clock.sleep_until(deadline.min(at + LOOK_AGAIN));
            match select(news, pause).await {
                Either::Left(_) | Either::Right(_) => {}
            }
        }
    }

    /// Where a pair stands for a version of our record.
    pub async fn sync_state(&self, key: &SyncRecordKey, version: u64) -> Result<SyncState, Declined> {
        let state = self.dispatcher().load::<SyncRecord>(&key.stream()).await?.state;
        let seen = state.local.as_ref().is_some_and(|local| local.version >= version)
            || state.base.as_ref().is_some_and(|base| base.local_version >= version)
            || state.deleted.is_some();
        let over = !matches!(
            state.status(),
            SyncStatus::PendingOutbound | SyncStatus::PendingInbound | SyncStatus::OutcomeUnknown
        );
        Ok(SyncState { key: key.clone(), settled: seen && over, state })
    }

    async fn sending_key(&self, sending: &Sending) -> Result<SyncRecordKey, Declined> {
        let routes = self.routes().await?;
        let integration = &routes.integration_of(sending.organization, sending.integration)?.state;
        integration.check_may_sync()?;
        let live = routes
            .of_entity(sending.record.project, &sending.record.entity)
            .find(|live| live.integration_id == sending.integration)
            .ok_or_else(not_live)?;
        if !live.config.settings.as_ref().is_some_and(|settings| settings.direction.sends()) {
            let message =
                "the sync config is inbound only: change its direction, or send to another integration";
            return Err(Declined::not_now("direction_not_allowed", message));
        }
        let local_id = sending.record.local_id.clone();
        Ok(SyncRecordKey { config: live.config_id, realm: live.realm.to_owned(), local_id })
    }
}

fn not_live() -> Declined {
    let message = "no enabled sync config of the integration takes this entity: create or enable one";
    Declined::not_now("config_not_live", message)
}
