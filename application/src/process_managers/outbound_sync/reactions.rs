//! One function per kind of event.

use chrono::{DateTime, Utc};
use domain::ids::IntegrationId;
use domain::local_record::{LocalRecordEvent, Source};
use domain::stream::{LocalRecordKey, StreamId, SyncRecordKey};
use domain::sync_config::mapping::Need;
use domain::sync_config::trigger::ChangeKind;
use domain::sync_record::SyncRecordEvent;

use crate::jobs::push_records::push_job;
use crate::ports::checkpoints::StateChange;
use crate::process_managers::routes::Live;
use crate::process_managers::{Knowledge, Reaction};

/// A put or deletion is sent by every live config of the entity whose trigger it is.
pub(super) fn local_change(
    knowledge: &Knowledge,
    stream: &StreamId,
    event: &LocalRecordEvent,
    now: DateTime<Utc>,
) -> Vec<Reaction> {
    let Some(key) = LocalRecordKey::parse(stream) else { return Vec::new() };
    let (source, what) = match event {
        LocalRecordEvent::Put(put) if put.created => (Some(put.source), ChangeKind::Created),
        LocalRecordEvent::Put(put) => (Some(put.source), ChangeKind::Updated),
        LocalRecordEvent::Deleted(deleted) => (Some(deleted.source), ChangeKind::Deleted),
        LocalRecordEvent::Erased(_) => (None, ChangeKind::Deleted),
    };
    let routes = &knowledge.routes;
    routes
        .of_entity(key.project, &key.entity)
        .filter(|live| source != Some(Source::Inbound { config: live.config_id }))
        .filter(|live| triggered(live, what))
        .map(|live| {
            let record = SyncRecordKey {
                config: live.config_id,
                realm: live.realm.to_owned(),
                local_id: key.local_id.clone(),
            };
            Reaction::Enqueue(push_job(&live, &record, now))
        })
        .collect()
}

fn triggered(live: &Live<'_>, what: ChangeKind) -> bool {
    let (Some(settings), Some(identity)) = (&live.config.settings, &live.config.identity) else {
        return false;
    };
    let trigger = &settings.trigger;
    settings.direction.sends() && trigger.is_live() && trigger.watches(&identity.local_entity, what)
}

/// What a sync record's event leaves to do or to remember.
pub(super) fn record_moved(
    knowledge: &Knowledge,
    stream: &StreamId,
    event: &SyncRecordEvent,
    now: DateTime<Utc>,
) -> Vec<Reaction> {
    use SyncRecordEvent as E;
    if matches!(event, E::LocalObserved(_) | E::RemoteObserved(_)) {
        return Vec::new();
    }
    let Some(key) = SyncRecordKey::parse(stream) else { return Vec::new() };
    match event {
        E::WriteBegun(begun) => {
            vec![remember_open(stream, &key, begun.recover_after), forget(waiting(stream))]
        }
        E::WriteConfirmed(done) => ended(knowledge, stream, &key, Some(&done.confirmation.remote_id), now),
        E::OutcomeResolved(known) => {
            let id = known.confirmed.as_ref().map(|confirmation| confirmation.remote_id.as_str());
            let mut reactions = ended(knowledge, stream, &key, id, now);
            reactions.extend(push(knowledge, &key, now));
            reactions
        }
        E::WriteRejected(_) => vec![forget(open(stream))],
        E::OutcomeUnknown(unknown) if unknown.needs_decision.is_some() => vec![forget(open(stream))],
        E::DependencyAwaited(awaited) => {
            let mut reactions = remember_wait(knowledge, stream, &key, &awaited.needs);
            reactions.extend(push(knowledge, &key, now));
            reactions
        }
        E::Released(_) => vec![forget(waiting(stream))],
        E::Linked(linked) => released(knowledge, &key, &linked.remote_id, now),
        E::InboundApplied(applied) if !applied.complete => push(knowledge, &key, now),
        E::ConflictResolved(_) | E::RetryRequested(_) => push(knowledge, &key, now),
        E::LocalObserved(_)
        | E::RemoteObserved(_)
        | E::OutcomeUnknown(_)
        | E::InboundApplied(_)
        | E::ConflictDetected(_)
        | E::ErrorDismissed(_)
        | E::LocalDeletionObserved(_)
        | E::RemoteDeletionObserved(_)
        | E::Rebased(_)
        | E::Unlinked(_) => Vec::new(),
    }
}

/// The outcome is known: nothing to recover; whoever waited for the record may go.
fn ended(
    knowledge: &Knowledge,
    stream: &StreamId,
    key: &SyncRecordKey,
    remote_id: Option<&str>,
    now: DateTime<Utc>,
) -> Vec<Reaction> {
    let mut reactions = vec![forget(open(stream))];
    if let Some(id) = remote_id {
        reactions.extend(released(knowledge, key, id, now));
    }
    reactions
}

/// Jobs for everything that waits for this record, by our id or the provider's.
fn released(
    knowledge: &Knowledge,
    key: &SyncRecordKey,
    remote_id: &str,
    now: DateTime<Utc>,
) -> Vec<Reaction> {
    let Some(live) = knowledge.routes.live(key.config) else { return Vec::new() };
    let Some(identity) = &live.config.identity else { return Vec::new() };
    let entity = identity.local_entity.as_str();
    let of = |id: &str| need_index(live.integration_id, &key.realm, &Need::new(entity, id));
    let (ours, theirs) = (of(&key.local_id), of(remote_id));
    let waiting = knowledge.indexed(&ours).chain(knowledge.indexed(&theirs).filter(|_| ours != theirs));
    waiting
        .filter_map(|instance| serde_json::from_slice::<SyncRecordKey>(&instance.state).ok())
        .filter_map(|waiter| {
            let live = knowledge.routes.live(waiter.config)?;
            Some(Reaction::Enqueue(push_job(&live, &waiter, now)))
        })
        .collect()
}

fn push(knowledge: &Knowledge, key: &SyncRecordKey, now: DateTime<Utc>) -> Vec<Reaction> {
    let live = knowledge.routes.live(key.config);
    live.map(|live| Reaction::Enqueue(push_job(&live, key, now))).into_iter().collect()
}

fn open(stream: &StreamId) -> String {
    format!("open/{}", stream.id)
}

fn waiting(stream: &StreamId) -> String {
    format!("waiting/{}", stream.id)
}

fn forget(key: String) -> Reaction {
    Reaction::Remember(StateChange::Delete { key })
}

fn remember_open(stream: &StreamId, key: &SyncRecordKey, recover_after: DateTime<Utc>) -> Reaction {
    Reaction::Remember(StateChange::Put {
        key: open(stream),
        index: None,
        wake_at: Some(recover_after),
        state: serde_json::to_vec(key).unwrap_or_default(),
    })
}

/// Found again by the first thing it waits for; when that has come, the next one shows.
fn remember_wait(
    knowledge: &Knowledge,
    stream: &StreamId,
    key: &SyncRecordKey,
    needs: &[Need],
) -> Vec<Reaction> {
    let identity = knowledge.routes.configs.get(&key.config).and_then(|owned| owned.state.identity.as_ref());
    let (Some(first), Some(identity)) = (needs.first(), identity) else { return Vec::new() };
    vec![Reaction::Remember(StateChange::Put {
        key: waiting(stream),
        index: Some(need_index(identity.integration, &key.realm, first)),
        wake_at: None,
        state: serde_json::to_vec(key).unwrap_or_default(),
    })]
}

fn need_index(integration: IntegrationId, realm: &str, need: &Need) -> String {
    format!("need/{integration}/{realm}/{}/{}", need.entity, need.id)
}
