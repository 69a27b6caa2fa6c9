//! Events of sync configs, folded into their rows.

use domain::aggregate::Aggregate;
use domain::event::Event;
use domain::metadata::Recorded;
use domain::stream::Kind;
use domain::sync_config::{Created, Settings, SyncConfig, SyncConfigEvent};

use super::row::SyncConfigRow;
use crate::projection::{Poison, Projection};
use crate::row::{Encoded, json};

/// Folds sync configs.
#[derive(Clone, Copy, Debug)]
pub struct SyncConfigProjection;

impl Projection for SyncConfigProjection {
    type Row = SyncConfigRow;

    const KINDS: &'static [Kind] = &[Kind::SyncConfig];

    fn begins(&self, event: &Recorded<Event>) -> bool {
        event.sequence == 1
    }

    fn apply(
        &self,
        key: &str,
        row: Option<SyncConfigRow>,
        recorded: &Recorded<Event>,
    ) -> Result<Option<SyncConfigRow>, Poison> {
        let Event::SyncConfig(event) = &recorded.event else { return Ok(row) };
        let row = match event {
            SyncConfigEvent::Created(created) => Some(begun(key, created, recorded)),
            _ => row,
        };
        Ok(row.map(|row| changed(row, event, recorded)))
    }
}

fn begun(key: &str, created: &Created, recorded: &Recorded<Event>) -> SyncConfigRow {
    let Created { identity, settings, .. } = created;
    let actor = recorded.metadata.actor.as_text();
    SyncConfigRow {
        id: key.to_owned(),
        organization_id: recorded.organization,
        project_id: identity.project.to_string(),
        integration_id: identity.integration.to_string(),
        feature: identity.feature.clone(),
        local_entity: identity.local_entity.to_string(),
        remote_entity: identity.remote_entity.clone(),
        sync_enabled: created.enabled,
        sync_direction: settings.direction,
        sync_filter: json(&settings.filter),
        trigger_type: settings.trigger.kind,
        trigger_config: json(&settings.trigger),
        schedule: settings.schedule.as_ref().map(json),
        conflict_resolution: settings.policy.strategy,
        priority_source: settings.policy.priority,
        merge_fallback: settings.policy.merge_fallback,
        dependencies: json(&settings.dependencies),
        on_local_delete: settings.on_local_delete,
        on_remote_delete: settings.on_remote_delete,
        on_filter_exit: settings.on_filter_exit,
        review_mode: settings.review_mode,
        mapping_number: 0,
        mapping_rules: 0,
        created_by: actor.clone(),
        updated_by: actor,
        created_at: recorded.recorded_at,
        updated_at: recorded.recorded_at,
        deleted_at: None,
        state: Encoded(SyncConfig::default()),
    }
}

fn changed(mut row: SyncConfigRow, event: &SyncConfigEvent, recorded: &Recorded<Event>) -> SyncConfigRow {
    let mut state = std::mem::take(&mut row.state.0);
    state.apply(event);
    row.updated_at = recorded.recorded_at;
    row.updated_by = recorded.metadata.actor.as_text();
    if matches!(event, SyncConfigEvent::Deleted(_)) {
        row.deleted_at = Some(recorded.recorded_at);
    }
    if let Some(settings) = &state.settings {
        set(&mut row, settings);
    }
    row.sync_enabled = state.enabled;
    row.mapping_number = state.mapping_number;
    row.mapping_rules = u32::try_from(state.mapping.rules.len()).unwrap_or(u32::MAX);
    row.state = Encoded(state);
    row
}

fn set(row: &mut SyncConfigRow, settings: &Settings) {
    row.sync_direction = settings.direction;
    row.sync_filter = json(&settings.filter);
    row.trigger_type = settings.trigger.kind;
    row.trigger_config = json(&settings.trigger);
    row.schedule = settings.schedule.as_ref().map(json);
    row.conflict_resolution = settings.policy.strategy;
    row.priority_source = settings.policy.priority;
    row.merge_fallback = settings.policy.merge_fallback;
    row.dependencies = json(&settings.dependencies);
    row.on_local_delete = settings.on_local_delete;
    row.on_remote_delete = settings.on_remote_delete;
    row.on_filter_exit = settings.on_filter_exit;
    row.review_mode = settings.review_mode;
}
