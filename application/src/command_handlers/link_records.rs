//! Links a record of ours with one of the provider's because a person says so, and settles outcomes the same way.

use std::sync::Arc;

use domain::ids::SyncConfigId;
use domain::local_record::LocalRecord;
use domain::stream::{LocalRecordKey, SyncRecordKey};
use domain::sync_record::events::LinkedBy;
use domain::sync_record::{SyncRecord, SyncRecordCommand};
use domain::value::RemoteId;

use super::desk::Within;
use super::{Declined, Desk};
use crate::dispatcher::{Done, Envelope};
use crate::sync::Context;
use crate::sync::context::Idle;
use crate::sync::engine::NoContext;

/// What belongs together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkRecords {
    /// The config that will keep the two in step.
    pub config: SyncConfigId,
    /// Our side's id.
    pub local_id: String,
    /// The provider's id.
    pub external_id: RemoteId,
}

impl Desk {
    /// Links two records. The provider's is read next, and what differs is settled by the config's policy.
    pub async fn link_records(
        &self,
        envelope: &Envelope,
        link: &LinkRecords,
    ) -> Result<(SyncRecordKey, Done), Declined> {
        let routes = self.routes().await?;
        let config = &routes.config_of(envelope.organization, link.config)?.state;
        let identity = config.identity.as_ref().ok_or(Declined::NotFound("sync config"))?;
        let integration = &routes.integration_of(envelope.organization, identity.integration)?.state;
        let realm = integration.realm.clone().ok_or_else(|| {
            Declined::not_now("not_connected", "the integration was never connected: connect it first")
        })?;
        let ours = LocalRecordKey {
            project: identity.project,
            entity: identity.local_entity.as_str().to_owned(),
            local_id: link.local_id.clone(),
        };
        if !self.dispatcher().load::<LocalRecord>(&ours.stream()).await?.state.exists() {
            let message = format!("there is no {} with this id: put it first", ours.entity);
            return Err(Declined::invalid("local_id", message));
        }
        let key = SyncRecordKey { config: link.config, realm, local_id: link.local_id.clone() };
        let command = |_: &SyncRecord| SyncRecordCommand::Link {
            remote_id: link.external_id.as_str().to_owned(),
            by: LinkedBy::Person,
            observed: None,
            base: None,
        };
        let done = self.dispatcher().dispatch(envelope, &key.stream(), command).await?;
        Ok((key, done))
    }

    /// Says what became of a write that only a person can judge: the remote id it became, or that it was not done.
    pub async fn resolve_outcome(
        &self,
        envelope: &Envelope,
        key: &SyncRecordKey,
        remote_id: Option<&RemoteId>,
    ) -> Result<u64, Declined> {
        let context = self.context(key).await?;
        let id = remote_id.map(RemoteId::as_str);
        let resolved = self.engine.resolve_by_person(&context, (&key.local_id, id), envelope).await?;
        resolved.map_err(|why| Declined::not_now("outcome_not_resolved", why))
    }

    /// The context of a record whose company is the connected one.
    pub(super) async fn context(&self, key: &SyncRecordKey) -> Result<Arc<Context>, Declined> {
        let context = match self.engine.context(key.config).await {
            Ok((_, context)) => context,
            Err(NoContext::Idle(idle)) => {
                return Err(Declined::not_now(
                    "config_not_live",
                    match idle {
                        Idle::NotLive => format!("{idle}: enable and connect it first"),
                        said => said.to_string(),
                    },
                ));
            }
            Err(NoContext::Unavailable(error)) => return Err(error.into()),
            Err(NoContext::Vault(error)) => return Err(error.into()),
        };
        if context.realm == key.realm {
            return Ok(context);
        }
        Err(Declined::not_now(
            "realm_differs",
            "the record belongs to a company that is no longer connected: connect that company again",
        ))
    }
}
