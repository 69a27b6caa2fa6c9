//! What a mapping would make of a record, without storing or sending anything.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::catalogue;
use domain::fields::Fields;
use domain::ids::{OrganizationId, SyncConfigId};
use domain::local_record::LocalRecord;
use domain::stream::{LocalRecordKey, SyncRecordKey};
use domain::sync_config::SyncConfig;
use domain::sync_config::mapping::{Known, Mapping, Need};
use domain::sync_record::SyncRecord;
use domain::sync_record::body::{self, MapFailure};
use domain::sync_record::plan::{Plan, Rules};

use super::create_sync_config::Offer;
use super::desk::Within;
use super::mapping::{checked_mapping, faults};
use super::{Declined, Desk, Fault};
use crate::dispatcher::Working;
use crate::process_managers::Routes;

/// What to try.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// The mapping to try; without one, the config's own.
    pub mapping: Option<Mapping>,
    /// A record of ours.
    pub record: Option<Fields>,
    /// A stored record of ours, by id.
    pub local_id: Option<String>,
    /// A record of the provider's.
    pub remote_record: Option<Fields>,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Previewed {
    /// What would be sent.
    pub outbound: Option<Fields>,
    /// What our record would become.
    pub inbound: Option<Fields>,
    /// What is in the way, by field.
    pub problems: Vec<Fault>,
    /// Records it would wait for.
    pub waits_for: Vec<Need>,
}

impl Desk {
    /// Tries a mapping on a sample.
    pub async fn preview_mapping(
        &self,
        organization: OrganizationId,
        id: SyncConfigId,
        preview: Preview,
    ) -> Result<Previewed, Declined> {
        let routes = self.routes().await?;
        let config = &routes.config_of(organization, id)?.state;
        let identity = config.identity.as_ref().ok_or(Declined::NotFound("sync config"))?;
        let settings = config.settings.as_ref().ok_or(Declined::NotFound("sync config"))?;
        let provider = self.provider(&identity.provider)?;
        let remote = Offer::of(&provider, &identity.remote_entity, identity.feature.as_deref())?.remote;
        let entity = identity.local_entity.as_str();
        let record = match (&preview.record, &preview.local_id) {
            (Some(record), _) => Some(record.clone()),
            (None, Some(id)) => Some(self.stored(identity.project, entity, id).await?),
            (None, None) if preview.remote_record.is_some() => None,
            (None, None) => {
                return Err(Declined::invalid("record", "give a record, a local_id or a remote_record"));
            }
        };
        let mapping = preview.mapping.unwrap_or_else(|| config.mapping.clone());
        let mapping = checked_mapping(mapping, ("field_mappings", entity), remote, settings.direction)?;
        let plan = Plan::compile(&mapping, catalogue::find(entity), &remote.shape, settings.direction)
            .map_err(|problems| Declined::Invalid(faults("field_mappings", &problems)))?;
        let mut tried = Previewed::default();
        if let Some(record) = record {
            let known = self.known(&routes, config, mapping.needs_outbound(&record)).await?;
            let made = body::create_body(&Rules { plan: &plan, known: &known }, &record);
            tried.outbound = tried.note(made);
            let broken = remote.rules.broken(&record);
            tried.problems.extend(broken.iter().map(|reason| Fault::new(&reason.field, &reason.message)));
        }
        if let Some(record) = preview.remote_record {
            let known = self.known(&routes, config, BTreeSet::default()).await?;
            let made = body::new_local(&Rules { plan: &plan, known: &known }, &record);
            tried.inbound = tried.note(made);
        }
        Ok(tried)
    }

    async fn stored(
        &self,
        project: domain::ids::ProjectId,
        entity: &str,
        local_id: &str,
    ) -> Result<Fields, Declined> {
        let key = LocalRecordKey { project, entity: entity.to_owned(), local_id: local_id.to_owned() };
        let record = self.dispatcher().load::<LocalRecord>(&key.stream()).await?.state;
        if record.exists() { Ok(record.fields) } else { Err(Declined::NotFound("record")) }
    }

    /// Lookup tables, and the provider's ids of the records that are referred to and linked.
    pub(super) async fn known(
        &self,
        routes: &Routes,
        config: &SyncConfig,
        needs: BTreeSet<Need>,
    ) -> Result<Known, Declined> {
        let Some(identity) = &config.identity else { return Ok(Known::default()) };
        let integration = routes.integrations.get(&identity.integration).map(|owned| &owned.state);
        let lookups = integration.map(|integration| integration.lookups.clone()).unwrap_or_default();
        let mut known = Known { lookups: Arc::new(lookups), ..Known::default() };
        let Some(realm) = integration.and_then(|integration| integration.realm.clone()) else {
            return Ok(known);
        };
        let asked: Vec<(Need, SyncRecordKey)> = needs
            .into_iter()
            .filter_map(|need| {
                let config = routes.entity_config(identity.integration, &need.entity)?;
                let key = SyncRecordKey { config, realm: realm.clone(), local_id: need.id.clone() };
                Some((need, key))
            })
            .collect();
        let streams: Vec<_> = asked.iter().map(|(_, key)| key.stream()).collect();
        let loaded = self.dispatcher().log.load_many(&streams, Some(SyncRecord::SHAPE)).await?;
        let linked = asked.into_iter().zip(&loaded).filter_map(|((need, _), loaded)| {
            let record = Working::<SyncRecord>::loaded(loaded).state;
            if record.unlinked.is_some() { None } else { Some((need, record.remote_id?)) }
        });
        known.remote_of = linked.collect::<BTreeMap<_, _>>();
        Ok(known)
    }
}

impl Previewed {
    /// What was made, or nothing with its reasons noted.
    pub(super) fn note(&mut self, made: Result<Fields, MapFailure>) -> Option<Fields> {
        match made {
            Ok(made) => return Some(made),
            Err(MapFailure::Missing(needs)) => self.waits_for.extend(needs),
            Err(MapFailure::Problems(problems)) => {
                let found = problems.iter().map(|problem| Fault::new(&problem.field, &problem.message));
                self.problems.extend(found);
            }
        }
        None
    }
}
