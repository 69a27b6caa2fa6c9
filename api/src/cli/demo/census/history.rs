//! What the log tells.

use std::collections::BTreeSet;

use application::ports::event_log::EventLog;
use domain::event::Event;
use domain::local_record::{LocalRecordEvent, Source};
use domain::metadata::Recorded;
use domain::stream::StreamId;
use domain::sync_record::events::SyncRecordEvent;

/// Events read at once.
const PAGE: usize = 5_000;

/// Numbers of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::cli::demo) struct History {
    /// Events.
    pub(in crate::cli::demo) events: u64,
    /// Records that a file brought.
    pub(in crate::cli::demo) imported: u64,
    /// Writes that the provider confirmed.
    pub(in crate::cli::demo) pushed: u64,
    /// Changes of the provider that were written to our records.
    pub(in crate::cli::demo) pulled: u64,
    /// Conflicts found.
    pub(in crate::cli::demo) conflicts: u64,
    /// Writes whose outcome nobody knew at first, those cut by the kill included.
    pub(in crate::cli::demo) unknown: u64,
    /// Of those, the ones whose outcome was found out.
    pub(in crate::cli::demo) resolved: u64,
    open: BTreeSet<StreamId>,
}

impl History {
    /// Reads the log from its beginning.
    pub(in crate::cli::demo) async fn read(log: &dyn EventLog) -> anyhow::Result<Self> {
        let mut history = Self::default();
        let mut position = 0;
        loop {
            let page = log.read_all(position, PAGE).await?;
            let Some(last) = page.last() else { return Ok(history) };
            position = last.position;
            for event in &page {
                history.take(event);
            }
        }
    }

    fn take(&mut self, recorded: &Recorded<Event>) {
        self.events += 1;
        match &recorded.event {
            Event::LocalRecord(LocalRecordEvent::Put(put)) => match put.source {
                Source::Import => self.imported += u64::from(put.created),
                Source::Inbound { .. } => self.pulled += 1,
                Source::Client => {}
            },
            Event::SyncRecord(event) => self.take_sync(&recorded.stream, event),
            _ => {}
        }
    }

    fn take_sync(&mut self, stream: &StreamId, event: &SyncRecordEvent) {
        match event {
            SyncRecordEvent::WriteConfirmed(_) => self.pushed += 1,
            SyncRecordEvent::ConflictDetected(_) => self.conflicts += 1,
            SyncRecordEvent::OutcomeUnknown(_) => {
                self.unknown += u64::from(self.open.insert(stream.clone()));
            }
            SyncRecordEvent::OutcomeResolved(resolved) => {
                // A kill leaves an intent without any outcome; its resolution is the first that is told of it.
                self.unknown += u64::from(!self.open.remove(stream));
                self.resolved += 1;
                self.pushed += u64::from(resolved.confirmed.is_some());
            }
            _ => {}
        }
    }
}
