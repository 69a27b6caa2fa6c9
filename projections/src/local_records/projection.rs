//! Events of local records, folded into their rows.

use domain::event::Event;
use domain::fields::Fields;
use domain::local_record::{LocalRecordEvent, Put, Source};
use domain::metadata::Recorded;
use domain::stream::{Kind, LocalRecordKey};

use super::row::LocalRecordRow;
use crate::projection::{Poison, Projection, malformed};

/// Fields that name a record to people, the best first.
const NAMES: [&str; 9] = [
    "display_name",
    "name",
    "company_name",
    "document_number",
    "doc_number",
    "invoice_number",
    "number",
    "title",
    "reference",
];

/// Folds local records.
#[derive(Clone, Copy, Debug)]
pub struct LocalRecordProjection;

impl Projection for LocalRecordProjection {
    type Row = LocalRecordRow;

    const KINDS: &'static [Kind] = &[Kind::LocalRecord];

    fn begins(&self, event: &Recorded<Event>) -> bool {
        event.sequence == 1
    }

    fn apply(
        &self,
        _key: &str,
        row: Option<LocalRecordRow>,
        recorded: &Recorded<Event>,
    ) -> Result<Option<LocalRecordRow>, Poison> {
        let Event::LocalRecord(event) = &recorded.event else { return Ok(row) };
        let mut row = row.map_or_else(|| begun(recorded), Ok)?;
        row.version = recorded.sequence;
        row.updated_at = recorded.recorded_at;
        match event {
            LocalRecordEvent::Put(put) => take(&mut row, put),
            LocalRecordEvent::Deleted(deleted) => {
                row.deleted = true;
                from(&mut row, deleted.source);
            }
            LocalRecordEvent::Erased(_) => {
                row.deleted = true;
                row.erased = true;
                row.body = Fields::new();
                row.display_name = None;
            }
        }
        Ok(Some(row))
    }
}

fn begun(recorded: &Recorded<Event>) -> Result<LocalRecordRow, Poison> {
    let key = LocalRecordKey::parse(&recorded.stream).ok_or_else(|| malformed(recorded))?;
    Ok(LocalRecordRow {
        id: recorded.stream.id.clone(),
        organization_id: recorded.organization,
        project_id: key.project,
        entity: key.entity,
        local_id: key.local_id,
        display_name: None,
        version: 0,
        deleted: false,
        erased: false,
        body: Fields::new(),
        source: String::new(),
        source_sync_config_id: None,
        source_updated_at: None,
        created_at: recorded.recorded_at,
        updated_at: recorded.recorded_at,
    })
}

fn take(row: &mut LocalRecordRow, put: &Put) {
    row.deleted = false;
    row.source_updated_at = put.updated_at;
    for name in &put.cleared {
        row.body.remove(name);
    }
    for (name, value) in &put.fields {
        row.body.insert(name.clone(), value.clone());
    }
    let name = NAMES.iter().find_map(|name| row.body.get(*name)?.as_str().filter(|text| !text.is_empty()));
    row.display_name = name.map(ToOwned::to_owned);
    from(row, put.source);
}

fn from(row: &mut LocalRecordRow, source: Source) {
    (row.source, row.source_sync_config_id) = match source {
        Source::Client => ("client".to_owned(), None),
        Source::Import => ("import".to_owned(), None),
        Source::Inbound { config } => ("inbound".to_owned(), Some(config.to_string())),
    };
}
