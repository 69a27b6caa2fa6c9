//! Puts local records, one or many: a group is one append of one unit per record.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::catalogue;
use domain::fields::Fields;
use domain::ids::ProjectId;
use domain::local_record::{ItemKeys, LocalRecord, LocalRecordCommand, LocalRecordError, PutRecord, Source};
use domain::stream::{LocalRecordKey, StreamId};
use domain::value::{EntityName, LocalId};
use serde_json::Value;

use super::{Declined, Desk};
use crate::dispatcher::{Done, Envelope, Persisted, UnitBuilder, Working};
use crate::ports::event_log::{Refused, Unit};

/// Whose records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordsOf {
    /// The project that owns them; the caller has made sure that it is its own.
    pub project: ProjectId,
    /// Our entity.
    pub entity: EntityName,
    /// Where they come from.
    pub source: Source,
}

/// One record to put.
#[derive(Clone, Debug, PartialEq)]
pub struct PutLine {
    /// Its id.
    pub local_id: LocalId,
    /// What is given of it.
    pub fields: Fields,
    /// Whether that is the whole record.
    pub replace: bool,
    /// The version the sender saw.
    pub if_match: Option<u64>,
    /// When it changed in the sender's own books.
    pub updated_at: Option<DateTime<Utc>>,
}

impl RecordsOf {
    /// The stream of a record.
    pub fn stream(&self, local_id: &LocalId) -> StreamId {
        let (entity, local_id) = (self.entity.as_str().to_owned(), local_id.as_str().to_owned());
        LocalRecordKey { project: self.project, entity, local_id }.stream()
    }

    fn command(&self, line: &PutLine) -> LocalRecordCommand {
        LocalRecordCommand::Put(PutRecord {
            fields: line.fields.clone(),
            replace: line.replace,
            if_match: line.if_match,
            item_keys: item_keys(self.entity.as_str()),
            source: self.source,
            updated_at: line.updated_at.or_else(|| told(&line.fields)),
        })
    }
}

impl Desk {
    /// Puts one record.
    pub async fn put_record(
        &self,
        envelope: &Envelope,
        of: &RecordsOf,
        line: &PutLine,
    ) -> Result<Done, Declined> {
        let stream = of.stream(&line.local_id);
        let command = |_: &LocalRecord| of.command(line);
        Ok(self.dispatcher().dispatch(envelope, &stream, command).await?)
    }

    /// Puts a group of records; answers per line, in order. A record that comes twice is put twice, in that order.
    pub async fn put_records(
        &self,
        envelope: &Envelope,
        of: &RecordsOf,
        lines: &[PutLine],
    ) -> Result<Vec<Result<Done, Declined>>, Declined> {
        let mut group = Group::load(self, of, lines).await?;
        let decided: Vec<_> = lines.iter().map(|line| group.decide(of, line)).collect();
        let (places, units) = group.units(envelope);
        let appended = self.dispatcher().log.append(units).await?;
        let head = self.dispatcher().log.head().await?;
        let stored: BTreeMap<StreamId, _> = places.into_iter().zip(appended).collect();
        let mut answers = Vec::with_capacity(lines.len());
        for (line, decided) in lines.iter().zip(decided) {
            let (version, changed) = match decided {
                Ok(decided) => decided,
                Err(refusal) => {
                    answers.push(Err(refusal.into()));
                    continue;
                }
            };
            answers.push(match stored.get(&of.stream(&line.local_id)) {
                Some(Ok(appended)) => Ok(Done { position: appended.last, version, changed }),
                // Somebody wrote it meanwhile: decided anew, alone.
                Some(Err(Refused::StaleStream { .. })) => self.put_record(envelope, of, line).await,
                Some(Err(refused)) => Err(refused.clone().into()),
                None => Ok(Done { position: head, version, changed: false }),
            });
        }
        Ok(answers)
    }
}

/// The records of a group, as loaded and as decided so far.
struct Group {
    records: BTreeMap<StreamId, Working<LocalRecord>>,
}

impl Group {
    async fn load(desk: &Desk, of: &RecordsOf, lines: &[PutLine]) -> Result<Self, Declined> {
        let mut streams: Vec<StreamId> = lines.iter().map(|line| of.stream(&line.local_id)).collect();
        streams.sort();
        streams.dedup();
        let loaded = desk.dispatcher().log.load_many(&streams, LocalRecord::SHAPE).await?;
        let records = streams.into_iter().zip(loaded.iter().map(Working::loaded)).collect();
        Ok(Self { records })
    }

    /// The record's version after the line, and whether the line changed it.
    fn decide(&mut self, of: &RecordsOf, line: &PutLine) -> Result<(u64, bool), LocalRecordError> {
        let stream = of.stream(&line.local_id);
        let record = self.records.entry(stream.clone()).or_insert_with(|| Working::new(stream));
        let events = record.execute(of.command(line))?;
        Ok((record.head(), events > 0))
    }

    fn units(self, envelope: &Envelope) -> (Vec<StreamId>, Vec<Unit>) {
        let changed = self.records.into_iter().filter(|(_, record)| record.changed());
        changed
            .map(|(stream, record)| {
                let mut unit = UnitBuilder::new(envelope.organization, envelope.metadata.clone());
                unit.add(record);
                (stream, unit.build())
            })
            .unzip()
    }
}

/// The arrays of an entity whose items are told apart by a member.
fn item_keys(entity: &str) -> ItemKeys {
    let fields = catalogue::find(entity).map_or(&[][..], |schema| &schema.fields);
    fields.iter().filter_map(|field| Some((field.path.clone(), field.item_key.clone()?))).collect()
}

/// What the record itself says of its last change.
fn told(fields: &Fields) -> Option<DateTime<Utc>> {
    let text = fields.get("updated_at").and_then(Value::as_str)?;
    DateTime::parse_from_rfc3339(text).ok().map(|at| at.with_timezone(&Utc))
}
