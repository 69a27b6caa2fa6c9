//! Resolves references: our ids ↔ the provider's, through the entity mappings of the same integration and realm.

use std::collections::{BTreeMap, BTreeSet};

use domain::claim::ClaimKey;
use domain::fields::Fields;
use domain::ids::SyncConfigId;
use domain::stream::SyncRecordKey;
use domain::sync_config::mapping::{Known, Need};
use domain::sync_record::SyncRecord;

use super::context::Context;
use super::pair::Pair;
use crate::dispatcher::{Persisted, Working};
use crate::ports::Unavailable;
use crate::ports::event_log::EventLog;
use crate::process_managers::Routes;

/// What records refer to: our ids, and the provider's.
#[derive(Debug, Default)]
pub(super) struct Needs {
    outbound: BTreeSet<Need>,
    inbound: BTreeSet<Need>,
}

/// What the mapping needs to know of these records, each with both sides.
pub(super) fn needs<'a>(
    context: &Context,
    records: impl Iterator<Item = (&'a Fields, Option<&'a Fields>)>,
) -> Needs {
    let mut needs = Needs::default();
    for (local, remote) in records {
        needs.outbound.extend(context.mapping.needs_outbound(local));
        needs.inbound.extend(remote.into_iter().flat_map(|remote| context.mapping.needs_inbound(remote)));
    }
    needs
}

/// What the mapping of `pairs` needs to know, both ways, in two narrow queries.
pub async fn resolve(
    log: &dyn EventLog,
    routes: &Routes,
    context: &Context,
    pairs: &[Pair],
) -> Result<Known, Unavailable> {
    let remotes = pairs.iter().map(|pair| pair.sync.state.remote.as_ref().map(|_| pair.remote_shown()));
    let remotes: Vec<_> = remotes.collect();
    let both = pairs.iter().zip(&remotes).map(|(pair, remote)| (pair.local_now(), remote.as_deref()));
    look_up(log, routes, context, needs(context, both)).await
}

/// Looks these up, in two narrow queries.
pub(super) async fn look_up(
    log: &dyn EventLog,
    routes: &Routes,
    context: &Context,
    Needs { outbound, inbound }: Needs,
) -> Result<Known, Unavailable> {
    let mut known = context.known();
    known.remote_of = remote_ids(log, routes, context, outbound).await?;
    known.local_of = local_ids(log, routes, context, inbound).await?;
    // What is known one way is known the other.
    for (need, local) in &known.local_of {
        known.remote_of.insert(Need::new(&need.entity, local), need.id.clone());
    }
    for (need, remote) in &known.remote_of {
        known.local_of.insert(Need::new(&need.entity, remote), need.id.clone());
    }
    Ok(known)
}

type Ids = BTreeMap<Need, String>;

async fn remote_ids(
    log: &dyn EventLog,
    routes: &Routes,
    context: &Context,
    needs: BTreeSet<Need>,
) -> Result<Ids, Unavailable> {
    let asked = with_config(routes, context, needs);
    let streams: Vec<_> = asked
        .iter()
        .map(|(config, need)| {
            let (config, realm, local_id) = (*config, context.realm.clone(), need.id.clone());
            SyncRecordKey { config, realm, local_id }.stream()
        })
        .collect();
    let loaded = log.load_many(&streams, <SyncRecord as Persisted>::SHAPE).await?;
    let mut ids = Ids::new();
    for ((_, need), loaded) in asked.into_iter().zip(&loaded) {
        let record = Working::<SyncRecord>::loaded(loaded).state;
        if let (Some(remote), None) = (record.remote_id, record.unlinked) {
            ids.insert(need, remote);
        }
    }
    Ok(ids)
}

async fn local_ids(
    log: &dyn EventLog,
    routes: &Routes,
    context: &Context,
    needs: BTreeSet<Need>,
) -> Result<Ids, Unavailable> {
    let asked = with_config(routes, context, needs);
    let keys: Vec<ClaimKey> =
        asked.iter().map(|(config, need)| ClaimKey::remote_id(*config, &context.realm, &need.id)).collect();
    let claimed = log.claimed(&keys).await?;
    let mut ids = Ids::new();
    for ((_, need), claimed) in asked.into_iter().zip(claimed) {
        if let Some(key) = claimed.and_then(|claimed| SyncRecordKey::parse(&claimed.stream)) {
            ids.insert(need, key.local_id);
        }
    }
    Ok(ids)
}

fn with_config(routes: &Routes, context: &Context, needs: BTreeSet<Need>) -> Vec<(SyncConfigId, Need)> {
    needs
        .into_iter()
        .filter_map(|need| {
            routes.entity_config(context.integration_id, &need.entity).map(|config| (config, need))
        })
        .collect()
}
