//! Mappings, folded into one row per rule and mapping number. Earlier mappings keep their rows: `mapping/versions`.

use domain::event::Event;
use domain::metadata::Recorded;
use domain::stream::Kind;
use domain::sync_config::{Mapping, MappingRule, SyncConfigEvent};

use super::row::FieldMappingRow;
use crate::projection::{Poison, Projection};

/// Folds mapping rules.
#[derive(Clone, Copy, Debug)]
pub struct FieldMappingProjection;

impl Projection for FieldMappingProjection {
    type Row = FieldMappingRow;

    const KINDS: &'static [Kind] = &[Kind::SyncConfig];

    fn targets(&self, event: &Recorded<Event>) -> Vec<String> {
        let Some((mapping, number)) = mapping(&event.event) else { return Vec::new() };
        mapping.rules.iter().map(|rule| id(&event.stream.id, number, rule)).collect()
    }

    fn begins(&self, _event: &Recorded<Event>) -> bool {
        true
    }

    fn apply(
        &self,
        key: &str,
        row: Option<FieldMappingRow>,
        recorded: &Recorded<Event>,
    ) -> Result<Option<FieldMappingRow>, Poison> {
        let Some((mapping, number)) = mapping(&recorded.event) else { return Ok(row) };
        let config = &recorded.stream.id;
        let rule = mapping.rules.iter().enumerate().find(|(_, rule)| id(config, number, rule) == key);
        Ok(rule.map(|(index, rule)| FieldMappingRow {
            id: key.to_owned(),
            organization_id: recorded.organization,
            sync_config_id: config.clone(),
            mapping_number: number,
            rule_id: rule.id.clone(),
            ordinal: u32::try_from(index + 1).unwrap_or(u32::MAX),
            local_field: rule.local.as_ref().map(ToString::to_string),
            remote_field: rule.remote.as_ref().map(ToString::to_string),
            transform_type: rule.transform.kind().to_owned(),
            transform_config: rule.transform.config(),
            direction: rule.direction,
            is_required: rule.required,
            default_value: rule.default.clone().filter(|value| !value.is_null()),
            created_at: recorded.recorded_at,
        }))
    }
}

fn mapping(event: &Event) -> Option<(&Mapping, u32)> {
    match event {
        Event::SyncConfig(SyncConfigEvent::Created(created)) => Some((&created.mapping, 1)),
        Event::SyncConfig(SyncConfigEvent::MappingReplaced(replaced)) => {
            Some((&replaced.mapping, replaced.number))
        }
        _ => None,
    }
}

fn id(config: &str, number: u32, rule: &MappingRule) -> String {
    format!("{config}/{number}/{}", rule.id)
}
