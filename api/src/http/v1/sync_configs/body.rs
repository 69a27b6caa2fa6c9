//! What may be said of a sync config.

use application::command_handlers::{MappingGiven, NewSyncConfig, SyncConfigSettings, WrittenConfig};
use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use domain::ids::IntegrationId;
use domain::integration::{IntegrationError, SyncFrequency};
use domain::sync_config::{Filter, Schedule, Trigger};
use domain::value::{
    DeletePolicy, Direction, EntityName, FilterExit, MergeFallback, Side, Strategy, TriggerKind,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::read::{present, read_schedule, read_trigger};
use crate::http::answer::with_version;
use crate::http::at_least;
use crate::http::problem::Problem;

/// Settings of a sync config; what is absent stays, or takes its default.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettingsBody {
    /// Our entity; needed for a new one, and never changed.
    #[serde(alias = "entity_type")]
    #[schema(value_type = Option<String>, example = "customer")]
    pub local_entity: Option<EntityName>,
    /// The provider's entity; needed for a new one, and never changed.
    #[schema(example = "Customer")]
    pub remote_entity: Option<String>,
    /// The feature a new one belongs to.
    pub feature: Option<String>,
    /// `inbound`, `outbound` or `bidirectional`.
    #[serde(alias = "sync_direction")]
    #[schema(value_type = Option<String>)]
    pub direction: Option<Direction>,
    /// Which records it is about: an object of conditions, or a CEL expression over `record`.
    #[serde(alias = "sync_filter", default, deserialize_with = "present")]
    #[schema(value_type = Option<Object>)]
    pub filter: Option<Value>,
    /// When local changes are sent: `realtime`, `on_status_change`, `on_manual`, `on_schedule`, `on_link`, or an object.
    #[schema(value_type = Option<Object>)]
    pub trigger: Option<Value>,
    /// Entity, filter and events of the trigger.
    #[schema(value_type = Option<Object>)]
    pub trigger_config: Option<Value>,
    /// When it runs by itself: cron with a time zone, or minutes; null for never.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Object>)]
    pub schedule: Option<Value>,
    /// Trigger and schedule in one word: `realtime`, `hourly`, `manual` …
    pub sync_frequency: Option<String>,
    /// The same in minutes, from 1.
    pub sync_frequency_minutes: Option<u32>,
    /// `last_write_wins`, `source_priority`, `manual_review` or `merge_fields`.
    #[serde(alias = "conflict_strategy")]
    #[schema(value_type = Option<String>)]
    pub conflict_resolution: Option<Strategy>,
    /// The side that wins by priority: `local` or `remote`.
    #[schema(value_type = Option<String>)]
    pub priority_source: Option<Side>,
    /// What `merge_fields` does with rules that collide.
    #[schema(value_type = Option<String>)]
    pub merge_fallback: Option<MergeFallback>,
    /// Entities of ours whose configs must have synced a referenced record first.
    #[schema(value_type = Option<Vec<String>>)]
    pub dependencies: Option<Vec<EntityName>>,
    /// What the provider's side does when ours is deleted.
    #[schema(value_type = Option<String>)]
    pub on_local_delete: Option<DeletePolicy>,
    /// What our side does when the provider's is deleted.
    #[schema(value_type = Option<String>)]
    pub on_remote_delete: Option<DeletePolicy>,
    /// What happens to a record that no longer fits the filter: `keep` or `unlink`.
    #[schema(value_type = Option<String>)]
    pub on_filter_exit: Option<FilterExit>,
    /// Whether changes wait for a person.
    pub review_mode: Option<bool>,
    /// Whether it runs.
    #[serde(alias = "sync_enabled", alias = "is_enabled")]
    pub enabled: Option<bool>,
    /// Which field goes where: `{"our field": "their field"}` or a list of mappings. The manifest's unless given.
    #[schema(value_type = Option<Object>)]
    pub field_mappings: Option<Value>,
}

impl SettingsBody {
    /// As the command handler takes it.
    pub(crate) fn into_settings(self) -> Result<SyncConfigSettings, Problem> {
        let usual = self.frequency()?;
        let trigger = match &self.trigger {
            Some(given) => Some(read_trigger(given, self.trigger_config.as_ref())?),
            None => usual.map(trigger_of),
        };
        let schedule = match self.schedule {
            Some(given) => Some(read_schedule(given)?),
            None => usual.map(schedule_of),
        };
        let mapping = self.field_mappings.as_ref().map(|given| MappingGiven::read("field_mappings", given));
        Ok(SyncConfigSettings {
            direction: self.direction,
            filter: self.filter.map(read_filter).transpose()?,
            trigger,
            schedule,
            strategy: self.conflict_resolution,
            priority: self.priority_source,
            merge_fallback: self.merge_fallback,
            dependencies: self.dependencies,
            on_local_delete: self.on_local_delete,
            on_remote_delete: self.on_remote_delete,
            on_filter_exit: self.on_filter_exit,
            review_mode: self.review_mode,
            enabled: self.enabled,
            mapping: mapping.transpose()?.map(|given| given.0),
            expected_mapping: None,
        })
    }

    /// As a new config of `integration`, or one to find by its pair of entities.
    pub(crate) fn into_config(mut self, integration: IntegrationId) -> Result<NewSyncConfig, Problem> {
        let missing =
            |field: &'static str| Problem::invalid(field, format!("{field} is missing: name the entity"));
        let local_entity = self.local_entity.take().ok_or_else(|| missing("local_entity"))?;
        let remote_entity = self.remote_entity.take().ok_or_else(|| missing("remote_entity"))?;
        let feature = self.feature.take();
        Ok(NewSyncConfig {
            integration,
            local_entity,
            remote_entity,
            feature,
            settings: self.into_settings()?,
        })
    }

    /// Refuses what a config never changes.
    pub(crate) fn check_unchanging(&self) -> Result<(), Problem> {
        let given = [
            ("local_entity", self.local_entity.is_some()),
            ("remote_entity", self.remote_entity.is_some()),
            ("feature", self.feature.is_some()),
        ];
        match given.iter().find(|(_, given)| *given) {
            Some((field, _)) => {
                Err(Problem::invalid(field, format!("{field} never changes: create another config")))
            }
            None => Ok(()),
        }
    }

    fn frequency(&self) -> Result<Option<SyncFrequency>, Problem> {
        let word = self.sync_frequency.as_deref().map(SyncFrequency::parse);
        let minutes = self.sync_frequency_minutes.map(SyncFrequency::minutes);
        Ok(word.or(minutes).transpose().map_err(IntegrationError::from)?)
    }
}

fn read_filter(given: Value) -> Result<Filter, Problem> {
    serde_json::from_value(given).map_err(|error| Problem::invalid("filter", error))
}

fn trigger_of(frequency: SyncFrequency) -> Trigger {
    Trigger::new(match frequency {
        SyncFrequency::Manual => TriggerKind::OnManual,
        SyncFrequency::Realtime | SyncFrequency::Minutes(_) => TriggerKind::Realtime,
    })
}

fn schedule_of(frequency: SyncFrequency) -> Option<Schedule> {
    match frequency {
        SyncFrequency::Minutes(minutes) => Schedule::every(minutes.get()).ok(),
        SyncFrequency::Realtime | SyncFrequency::Manual => None,
    }
}

/// A config was written.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConfigDone {
    /// The sync config.
    pub id: String,
    /// Whether it is new.
    pub created: bool,
    /// Read with `at_least` this to see its effect.
    pub position: String,
    /// Its version now.
    pub version: u64,
    /// Its mapping's number now.
    pub mapping_number: u32,
}

/// The answer to a config that was written.
pub(crate) fn written(config: &WrittenConfig) -> Response {
    let status = if config.created { StatusCode::CREATED } else { StatusCode::OK };
    let body = ConfigDone {
        id: config.id.to_string(),
        created: config.created,
        position: at_least::encode(config.position),
        version: config.version,
        mapping_number: config.mapping_number,
    };
    with_version(Some(config.version), (status, Json(body)))
}
