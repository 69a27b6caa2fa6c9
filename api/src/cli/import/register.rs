//! Puts records into the log: batches of units, one record each, through the same decisions as every other put.

use std::collections::BTreeMap;

use application::dispatcher::{Dispatcher, Envelope, UnitBuilder, Working};
use application::ports::Unavailable;
use application::ports::event_log::{Refused, Unit};
use domain::catalogue;
use domain::ids::ProjectId;
use domain::local_record::{LocalRecord, LocalRecordCommand, PutRecord, Source};
use domain::stream::{LocalRecordKey, StreamId};

use super::record::{BadLine, ImportedRecord};

/// Records of one append.
pub(super) const BATCH: usize = 500;
/// Rounds in which a record that others changed meanwhile is decided again.
const ROUNDS: usize = 8;

/// What became of records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Registered {
    /// Records that were not there.
    pub(super) created: BTreeMap<String, u64>,
    /// Records that changed.
    pub(super) changed: u64,
    /// Records that were there as they are.
    pub(super) unchanged: u64,
    /// Records that were refused.
    pub(super) refused: Vec<BadLine>,
}

/// Where records go.
pub(super) struct Register<'a> {
    pub(super) dispatcher: &'a Dispatcher,
    pub(super) envelope: Envelope,
    pub(super) project: ProjectId,
}

impl Register<'_> {
    /// Registers one batch and adds what became of it to `sum`.
    pub(super) async fn put(
        &self,
        batch: &[ImportedRecord],
        sum: &mut Registered,
    ) -> Result<(), Unavailable> {
        let mut left: Vec<&ImportedRecord> = batch.iter().collect();
        for _ in 0..ROUNDS {
            left = self.round(left, sum).await?;
            if left.is_empty() {
                return Ok(());
            }
        }
        let contended = left.into_iter().map(|record| {
            BadLine::new(record.line, "the record is changed by many at once: import the file again")
        });
        sum.refused.extend(contended);
        Ok(())
    }

    /// Answers the records that others changed meanwhile.
    async fn round<'r>(
        &self,
        batch: Vec<&'r ImportedRecord>,
        sum: &mut Registered,
    ) -> Result<Vec<&'r ImportedRecord>, Unavailable> {
        let streams: Vec<StreamId> = batch.iter().map(|record| self.stream(record)).collect();
        let loaded = self.dispatcher.log.load_many(&streams, None).await?;
        let mut units = Vec::new();
        let mut asked = Vec::new();
        for (record, loaded) in batch.into_iter().zip(&loaded) {
            match self.decide(record, Working::loaded(loaded)) {
                Ok(Some((unit, created))) => {
                    units.push(unit);
                    asked.push((record, created));
                }
                Ok(None) => sum.unchanged += 1,
                Err(refused) => sum.refused.push(refused),
            }
        }
        if units.is_empty() {
            return Ok(Vec::new());
        }
        let answers = self.dispatcher.log.append(units).await?;
        let mut again = Vec::new();
        for ((record, created), answer) in asked.into_iter().zip(answers) {
            match answer {
                Ok(_) if created => *sum.created.entry(record.entity.clone()).or_default() += 1,
                Ok(_) => sum.changed += 1,
                Err(Refused::StaleStream { .. }) => again.push(record),
                Err(refused) => sum.refused.push(BadLine::new(record.line, refused.to_string())),
            }
        }
        Ok(again)
    }

    fn stream(&self, record: &ImportedRecord) -> StreamId {
        let (entity, local_id) = (record.entity.clone(), record.local_id.clone());
        LocalRecordKey { project: self.project, entity, local_id }.stream()
    }

    /// The unit, and whether it makes the record; `None` when the record is so already.
    fn decide(
        &self,
        record: &ImportedRecord,
        mut working: Working<LocalRecord>,
    ) -> Result<Option<(Unit, bool)>, BadLine> {
        let created = !working.state.exists();
        if record.keep_existing && !created {
            return Ok(None);
        }
        let mut put = PutRecord::new(record.fields.clone(), Source::Import);
        let schema = catalogue::find(&record.entity).into_iter().flat_map(|schema| &schema.fields);
        put.item_keys =
            schema.filter_map(|field| Some((field.path.clone(), field.item_key.clone()?))).collect();
        working
            .execute(LocalRecordCommand::Put(put))
            .map_err(|refusal| BadLine::new(record.line, refusal.to_string()))?;
        if !working.changed() {
            return Ok(None);
        }
        let mut unit = UnitBuilder::new(self.envelope.organization, self.envelope.metadata.clone());
        unit.add(working);
        Ok(Some((unit.build(), created)))
    }
}
