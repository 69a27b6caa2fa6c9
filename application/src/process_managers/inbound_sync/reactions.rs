//! One function per kind of event.

use chrono::{DateTime, Utc};
use domain::event::Event;
use domain::ids::{IntegrationId, SyncConfigId, SyncRunId};
use domain::integration::IntegrationEvent;
use domain::metadata::Recorded;
use domain::stream::{StreamId, SyncRecordKey};
use domain::sync_config::SyncConfigEvent;
use domain::sync_record::SyncRecordEvent;
use domain::sync_run::{RunEnded, RunStarted, SyncRunEvent};
use domain::value::{Direction, RunType, TriggeredBy};
use domain::webhook_delivery::WebhookDeliveryEvent;

use crate::jobs::{keep_webhooks, process_webhook, pull_records, runs};
use crate::ports::checkpoints::{Instance, StateChange};
use crate::process_managers::{Knowledge, Reaction};

/// What is live now starts with a full run; so does what was disabled meanwhile, from its cursor.
pub(super) fn integration_changed(
    knowledge: &Knowledge,
    stream: &StreamId,
    event: &IntegrationEvent,
    now: DateTime<Utc>,
) -> Vec<Reaction> {
    let starts = matches!(event, IntegrationEvent::ConnectionConfirmed(_) | IntegrationEvent::Enabled(_));
    let Some(id) = stream.uuid().map(IntegrationId) else { return Vec::new() };
    if !starts {
        return Vec::new();
    }
    let configs = knowledge.routes.of_integration(id).map(|(config, _)| config);
    let runs = configs.flat_map(|config| first_runs(knowledge, config, now));
    runs.chain(subscriptions(knowledge, (id, event), now)).collect()
}

/// A confirmed connection subscribes to what its provider sends.
fn subscriptions(
    knowledge: &Knowledge,
    (id, event): (IntegrationId, &IntegrationEvent),
    now: DateTime<Utc>,
) -> Option<Reaction> {
    let IntegrationEvent::ConnectionConfirmed(_) = event else { return None };
    let owned = knowledge.routes.integrations.get(&id)?;
    let provider = &owned.state.identity.as_ref()?.provider;
    Some(Reaction::Enqueue(keep_webhooks::job(owned.organization, id, provider, now)))
}

pub(super) fn config_changed(
    knowledge: &Knowledge,
    stream: &StreamId,
    event: &SyncConfigEvent,
    now: DateTime<Utc>,
) -> Vec<Reaction> {
    use SyncConfigEvent as E;
    let Some(id) = stream.uuid().map(SyncConfigId) else { return Vec::new() };
    let mut reactions = Vec::new();
    if matches!(event, E::Created(_) | E::Enabled(_)) {
        reactions.extend(first_runs(knowledge, id, now));
    }
    if matches!(event, E::Created(_) | E::Changed(_) | E::Deleted(_)) {
        reactions.push(remember_schedule(knowledge, id, now));
    }
    reactions
}

fn first_runs(knowledge: &Knowledge, config: SyncConfigId, now: DateTime<Utc>) -> Vec<Reaction> {
    let Some(live) = knowledge.routes.live(config) else { return Vec::new() };
    let Some(settings) = &live.config.settings else { return Vec::new() };
    let mut reactions = Vec::new();
    let known = knowledge.instance(&cursor_key(config, live.realm)).is_some();
    let run_type = if known { RunType::Incremental } else { RunType::Full };
    if settings.direction.receives() {
        let request = runs::Request { config, direction: Direction::Inbound, run_type };
        reactions.push(Reaction::Enqueue(runs::start_job(&live, &request, TriggeredBy::System, now)));
    }
    if settings.direction.sends() {
        let request = runs::Request { config, direction: Direction::Outbound, run_type: RunType::Full };
        reactions.push(Reaction::Enqueue(runs::start_job(&live, &request, TriggeredBy::System, now)));
    }
    reactions
}

/// A run that started gets its first page; one that ended leaves its cursor.
pub(super) fn run_moved(
    knowledge: &Knowledge,
    event: &Recorded<Event>,
    moved: &SyncRunEvent,
    now: DateTime<Utc>,
) -> Vec<Reaction> {
    use SyncRunEvent as E;
    match moved {
        E::RunStarted(started) => {
            let run = event.stream.uuid().map(SyncRunId);
            let live = knowledge.routes.live(started.config);
            let job = live.zip(run).map(|(live, run)| runs::page_job(&live, run, started.direction, now));
            let page = job.map(Reaction::Enqueue).into_iter();
            page.chain([remember_run(&event.stream, started)]).collect()
        }
        E::RunEnded(ended) => run_ended(knowledge, &event.stream, ended),
        E::RunCancelled(_) => vec![forget_run(&event.stream)],
        E::RunFoundNothing(nothing) if nothing.direction == Direction::Inbound => {
            vec![remember_cursor(nothing.config, &nothing.realm, nothing.cursor.as_deref())]
        }
        E::PageDone(_) | E::RunLogged(_) | E::RunFoundNothing(_) => Vec::new(),
    }
}

/// Received and verified: the records it names are read again.
pub(super) fn webhook(
    event: &Recorded<Event>,
    delivery: &WebhookDeliveryEvent,
    now: DateTime<Utc>,
) -> Vec<Reaction> {
    match delivery {
        WebhookDeliveryEvent::WebhookReceived(received) => {
            let job = process_webhook::job(event.organization, &event.stream, &received.provider, now);
            vec![Reaction::Enqueue(job)]
        }
        // Mostly in the unit in which it was received.
        WebhookDeliveryEvent::WebhookIgnored(_) => {
            let (kind, key) = process_webhook::settled(&event.stream);
            vec![Reaction::Withdraw(kind, key)]
        }
        _ => Vec::new(),
    }
}

/// A person linked a record that was not looked at yet: read it.
pub(super) fn linked_blindly(
    knowledge: &Knowledge,
    stream: &StreamId,
    event: &SyncRecordEvent,
    now: DateTime<Utc>,
) -> Vec<Reaction> {
    let SyncRecordEvent::Linked(linked) = event else { return Vec::new() };
    if linked.by != domain::sync_record::events::LinkedBy::Person || linked.base.is_some() {
        return Vec::new();
    }
    let live = SyncRecordKey::parse(stream).and_then(|key| knowledge.routes.live(key.config));
    let job = live.map(|live| pull_records::job(&live, &linked.remote_id, now));
    job.map(Reaction::Enqueue).into_iter().collect()
}

fn run_key(stream: &StreamId) -> String {
    format!("run/{}", stream.id)
}

/// The end of a run does not repeat whose it was.
fn remember_run(stream: &StreamId, started: &RunStarted) -> Reaction {
    let key = cursor_key(started.config, &started.realm);
    Reaction::Remember(StateChange::Put {
        key: run_key(stream),
        index: None,
        wake_at: None,
        state: serde_json::to_vec(&(started.direction, key)).unwrap_or_default(),
    })
}

fn forget_run(stream: &StreamId) -> Reaction {
    Reaction::Remember(StateChange::Delete { key: run_key(stream) })
}

fn run_ended(knowledge: &Knowledge, stream: &StreamId, ended: &RunEnded) -> Vec<Reaction> {
    let remembered = knowledge.instance(&run_key(stream));
    let scope: Option<(Direction, String)> =
        remembered.and_then(|instance| serde_json::from_slice(&instance.state).ok());
    let cursor = match (scope, &ended.cursor) {
        (Some((Direction::Inbound, key)), Some(cursor)) => Some(put_cursor(key, cursor)),
        _ => None,
    };
    cursor.into_iter().chain([forget_run(stream)]).collect()
}

/// Where the cursor of a config and realm is remembered.
pub(crate) fn cursor_key(config: SyncConfigId, realm: &str) -> String {
    format!("cursor/{config}/{realm}")
}

fn remember_cursor(config: SyncConfigId, realm: &str, cursor: Option<&str>) -> Reaction {
    let key = cursor_key(config, realm);
    match cursor {
        Some(cursor) => put_cursor(key, cursor),
        None => Reaction::Remember(StateChange::Delete { key }),
    }
}

fn put_cursor(key: String, cursor: &str) -> Reaction {
    let state = serde_json::to_vec(cursor).unwrap_or_default();
    Reaction::Remember(StateChange::Put { key, index: None, wake_at: None, state })
}

fn schedule_key(config: SyncConfigId) -> String {
    format!("schedule/{config}")
}

fn remember_schedule(knowledge: &Knowledge, config: SyncConfigId, now: DateTime<Utc>) -> Reaction {
    let key = schedule_key(config);
    let owned = knowledge.routes.configs.get(&config).filter(|owned| !owned.state.deleted);
    let schedule = owned.and_then(|owned| owned.state.settings.as_ref()?.schedule.as_ref());
    match schedule.and_then(|schedule| schedule.next_after(now)) {
        Some(at) => Reaction::Remember(StateChange::Put {
            key,
            index: None,
            wake_at: Some(at),
            state: serde_json::to_vec(&config).unwrap_or_default(),
        }),
        None => Reaction::Remember(StateChange::Delete { key }),
    }
}

pub(super) fn schedule_due(knowledge: &Knowledge, instance: &Instance, now: DateTime<Utc>) -> Vec<Reaction> {
    let Ok(config) = serde_json::from_slice::<SyncConfigId>(&instance.state) else { return Vec::new() };
    let mut reactions = vec![remember_schedule(knowledge, config, now)];
    let Some(live) = knowledge.routes.live(config) else { return reactions };
    let receives = live.config.settings.as_ref().is_some_and(|settings| settings.direction.receives());
    if receives {
        let request = runs::Request { config, direction: Direction::Inbound, run_type: RunType::Incremental };
        reactions.push(Reaction::Enqueue(runs::start_job(&live, &request, TriggeredBy::Schedule, now)));
    }
    reactions
}
