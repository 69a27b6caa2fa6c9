//! Derives every claim from the log.

use std::collections::{BTreeMap, HashMap};

use application::ports::Unavailable;
use application::ports::event_log::{Claimed, EventLog, Filter};
use domain::aggregate::Aggregate;
use domain::claim::{ClaimChange, ClaimKey};
use domain::event::Event;
use domain::integration::Integration;
use domain::metadata::Recorded;
use domain::project::Project;
use domain::stream::{Kind, StreamId};
use domain::sync_config::SyncConfig;
use domain::sync_record::SyncRecord;
use domain::sync_run::SyncRun;

/// Kinds whose events take claims. Their states hold no record contents.
const KINDS: [Kind; 5] =
    [Kind::Project, Kind::Integration, Kind::SyncConfig, Kind::SyncRun, Kind::SyncRecord];
/// Events read at once.
const PAGE: usize = 5_000;

/// Claims as they follow from the events so far.
#[derive(Default)]
pub(super) struct Derived {
    claims: BTreeMap<ClaimKey, Claimed>,
    projects: HashMap<String, Project>,
    integrations: HashMap<String, Integration>,
    configs: HashMap<String, SyncConfig>,
    runs: HashMap<String, SyncRun>,
    records: HashMap<String, SyncRecord>,
}

/// Every claim of `log`; `report` is told the position after each page.
pub(super) async fn derive(
    log: &dyn EventLog,
    report: impl Fn(u64),
) -> Result<BTreeMap<ClaimKey, Claimed>, Unavailable> {
    let filter = Filter { organization: None, kinds: KINDS.to_vec() };
    let mut derived = Derived::default();
    let mut position = 0;
    loop {
        let page = log.read_filtered(position, PAGE, &filter).await?;
        let Some(last) = page.last() else { return Ok(derived.claims) };
        position = last.position;
        for event in &page {
            derived.take(event);
        }
        report(position);
    }
}

impl Derived {
    fn take(&mut self, recorded: &Recorded<Event>) {
        let stream = &recorded.stream;
        let changes = match &recorded.event {
            Event::Project(event) => step(&mut self.projects, stream, event),
            Event::Integration(event) => step(&mut self.integrations, stream, event),
            Event::SyncConfig(event) => step(&mut self.configs, stream, event),
            Event::SyncRun(event) => step(&mut self.runs, stream, event),
            Event::SyncRecord(event) => step(&mut self.records, stream, event),
            Event::LocalRecord(_)
            | Event::WebhookDelivery(_)
            | Event::WebhookEndpoint(_)
            | Event::Submission(_) => Vec::new(),
        };
        for change in changes {
            self.apply(stream, change);
        }
    }

    fn apply(&mut self, stream: &StreamId, change: ClaimChange) {
        match change {
            ClaimChange::Take { key, tag } => {
                self.claims.insert(key, Claimed { stream: stream.clone(), tag });
            }
            ClaimChange::Retag { key, tag } => {
                if let Some(claimed) = self.claims.get_mut(&key).filter(|claimed| claimed.stream == *stream) {
                    claimed.tag = Some(tag);
                }
            }
            ClaimChange::Release { key } => {
                if self.claims.get(&key).is_some_and(|claimed| claimed.stream == *stream) {
                    self.claims.remove(&key);
                }
            }
        }
    }
}

fn step<A: Aggregate>(
    states: &mut HashMap<String, A>,
    stream: &StreamId,
    event: &A::Event,
) -> Vec<ClaimChange> {
    let state = states.entry(stream.id.clone()).or_default();
    let changes = state.claims(stream, event);
    state.apply(event);
    changes
}
