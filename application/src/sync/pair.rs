//! One pair of records as loaded: both streams, their states, and contents folded on demand.

use std::borrow::Cow;

use domain::aggregate::Aggregate;
use domain::event::AggregateEvent;
use domain::fields::Fields;
use domain::local_record::{LocalRecord, LocalRecordEvent};
use domain::stream::{LocalRecordKey, SyncRecordKey};
use domain::sync_record::events::Base;
use domain::sync_record::{SyncRecord, SyncRecordEvent, contents};
use domain::value::Operation;

use super::context::Context;
use crate::dispatcher::Working;
use crate::ports::Unavailable;
use crate::ports::event_log::{EventLog, Loaded};

/// Both sides of one record under one config and realm.
#[derive(Clone, Debug)]
pub struct Pair {
    /// Our side's id.
    pub local_id: String,
    /// The three-way state.
    pub sync: Working<SyncRecord>,
    /// Our record.
    pub local: Working<LocalRecord>,
    /// The provider's id as last seen, linked or not.
    pub seen_id: Option<String>,
    /// Position of the last event that says what a write of ours came to; 0 without one.
    written: u64,
    sync_events: Vec<SyncRecordEvent>,
    local_events: Vec<LocalRecordEvent>,
}

impl Pair {
    /// A pair whose streams do not exist yet.
    pub fn new(context: &Context, local_id: &str) -> Self {
        let (local, sync) = keys(context, local_id);
        Self {
            local_id: local_id.to_owned(),
            sync: Working::new(sync.stream()),
            local: Working::new(local.stream()),
            seen_id: None,
            written: 0,
            sync_events: Vec::new(),
            local_events: Vec::new(),
        }
    }

    /// Loads pairs in one query, in the order asked.
    pub async fn load(
        log: &dyn EventLog,
        context: &Context,
        local_ids: &[String],
    ) -> Result<Vec<Self>, Unavailable> {
        if local_ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut streams = Vec::with_capacity(local_ids.len() * 2);
        for id in local_ids {
            let (local, sync) = keys(context, id);
            streams.push(sync.stream());
            streams.push(local.stream());
        }
        let loaded = log.load_many(&streams, None).await?;
        let mut loaded = loaded.into_iter();
        let pairs = local_ids.iter().filter_map(|id| Some(Self::of(id, loaded.next()?, loaded.next()?)));
        Ok(pairs.collect())
    }

    fn of(local_id: &str, sync: Loaded, local: Loaded) -> Self {
        Self {
            local_id: local_id.to_owned(),
            sync: Working::loaded(&sync),
            local: Working::loaded(&local),
            seen_id: None,
            written: written(&sync),
            sync_events: events(sync),
            local_events: events(local),
        }
    }

    /// Whether an outcome of ours was stored after `position`: what was read by then may be older than what we wrote.
    pub(super) fn written_after(&self, position: u64) -> bool {
        self.written > position
    }

    /// Our record now.
    pub fn local_now(&self) -> &Fields {
        &self.local.state.fields
    }

    /// Our record at a version.
    pub fn local_at(&self, version: u64) -> Fields {
        let version = usize::try_from(version).unwrap_or(usize::MAX);
        LocalRecord::fold(self.local_events.iter().chain(self.local.decided()).take(version)).fields
    }

    /// The provider's record as last seen.
    pub fn remote_now(&self) -> Fields {
        self.remote_shown().into_owned()
    }

    /// The same, borrowed where that is possible.
    pub(super) fn remote_shown(&self) -> Cow<'_, Fields> {
        contents::remote_now(self.sync_history())
    }

    /// The provider's record after an observation.
    pub fn remote_at(&self, observation: u64) -> Fields {
        contents::remote_at(self.sync_history(), observation).into_owned()
    }

    /// Both sides when they were last in step.
    pub fn base(&self) -> Option<(Fields, Fields)> {
        self.sync.state.base.as_ref().map(|base| (self.local_at(base.local_version), self.remote_base(base)))
    }

    /// Whether our deletion was already carried out at the provider: its last confirmed write was no create or update.
    pub fn deletion_confirmed(&self) -> bool {
        use SyncRecordEvent as E;
        let mut removing = false;
        let mut done = false;
        for event in self.sync_history() {
            match event {
                E::WriteBegun(begun) => {
                    removing = !matches!(begun.operation, Operation::Create | Operation::Update);
                }
                E::WriteConfirmed(_) => done = removing,
                E::OutcomeResolved(known) if known.confirmed.is_some() => done = removing,
                _ => {}
            }
        }
        done
    }

    /// Whether the provider's deletion found a change of ours that was not there yet, and nobody has judged it since. One
    /// that is observed in the same step was there before: the provider is asked first, and our record looked at then.
    pub(super) fn deleted_over_a_change(&self) -> bool {
        use SyncRecordEvent as E;
        let decided = self.sync.decided().iter().any(|event| matches!(event, E::RemoteDeletionObserved(_)));
        let (mut seen, mut over) = (0, false);
        for event in self.sync_history() {
            match event {
                E::LocalObserved(observed) => seen = observed.version,
                E::RemoteDeletionObserved(_) => {
                    over = seen > self.sync.state.base.as_ref().map_or(0, |base| base.local_version);
                }
                E::ConflictDetected(_) => over = false,
                _ => {}
            }
        }
        decided || over
    }

    /// Goes on from what was stored: what was decided is history now.
    #[must_use]
    pub fn stored(mut self) -> Self {
        self.sync_events.extend(self.sync.decided().iter().cloned());
        self.local_events.extend(self.local.decided().iter().cloned());
        self.sync = self.sync.stored();
        self.local = self.local.stored();
        self
    }

    fn remote_base(&self, base: &Base) -> Fields {
        let history: Vec<&SyncRecordEvent> = self.sync_history().collect();
        contents::remote_base(&history, base)
    }

    fn sync_history(&self) -> impl Iterator<Item = &SyncRecordEvent> {
        self.sync_events.iter().chain(self.sync.decided())
    }
}

fn written(sync: &Loaded) -> u64 {
    use SyncRecordEvent as E;
    let outcome = |event: &SyncRecordEvent| matches!(event, E::WriteConfirmed(_) | E::OutcomeResolved(_));
    let last = sync.events.iter().rev().find(|event| E::of(&event.event).is_some_and(outcome));
    last.map_or(0, |event| event.position)
}

fn keys(context: &Context, local_id: &str) -> (LocalRecordKey, SyncRecordKey) {
    let local = LocalRecordKey {
        project: context.project,
        entity: context.local_entity.clone(),
        local_id: local_id.to_owned(),
    };
    let sync = SyncRecordKey {
        config: context.config_id,
        realm: context.realm.clone(),
        local_id: local_id.to_owned(),
    };
    (local, sync)
}

fn events<E: AggregateEvent>(loaded: Loaded) -> Vec<E> {
    loaded.events.into_iter().filter_map(|event| E::from_event(event.event)).collect()
}
