//! Sync configs: events in, rows out.

use domain::ids::DEFAULT_PROJECT;
use domain::sync_config::field_path::FieldPath;
use domain::sync_config::{
    Changed, Created, Deleted, Disabled, Identity, Mapping, MappingReplaced, MappingRule, Policy, Settings,
    SyncConfigEvent, Trigger,
};
use domain::value::{Direction, EntityName, Strategy, TriggerKind};

use super::SyncConfigProjection;
use crate::field_mappings::FieldMappingProjection;
use crate::testing::{Log, at, config, config_stream, integration};

fn mapping(fields: &[(&str, &str)]) -> Mapping {
    let path = |text: &str| FieldPath::parse(text).unwrap();
    let rule = |(local, remote): &(&str, &str)| MappingRule::direct(local, path(local), path(remote));
    Mapping { rules: fields.iter().map(rule).collect() }
}

fn created(fields: &[(&str, &str)]) -> SyncConfigEvent {
    let identity = Identity {
        project: DEFAULT_PROJECT,
        integration: integration(),
        provider: "quickbooks".to_owned(),
        local_entity: EntityName::parse("customer").unwrap(),
        remote_entity: "Customer".to_owned(),
        feature: None,
    };
    let settings =
        Settings::new(Direction::Bidirectional, Trigger::new(TriggerKind::Realtime), Policy::default());
    Created { identity, settings, mapping: mapping(fields), enabled: true }.into()
}

#[test]
fn a_config_shows_its_settings_as_they_are_now() {
    let policy = Policy { strategy: Strategy::MergeFields, ..Policy::default() };
    let changed = Changed { policy: Some(policy), review_mode: Some(true), ..Changed::default() };
    let events = [created(&[("name", "DisplayName")]), changed.into(), Disabled {}.into()];
    let row = Log::of(&config_stream(), events).row(SyncConfigProjection);
    assert_eq!((row.local_entity.as_str(), row.remote_entity.as_str()), ("customer", "Customer"));
    assert_eq!((row.conflict_resolution, row.review_mode), (Strategy::MergeFields, true));
    assert_eq!((row.trigger_type, row.schedule), (TriggerKind::Realtime, None));
    assert_eq!((row.mapping_number, row.mapping_rules, row.sync_enabled), (1, 1, false));
    assert_eq!((row.created_at, row.updated_at, row.deleted_at), (at(1), at(3), None));
}

#[test]
fn a_deleted_config_is_marked() {
    let row = Log::of(&config_stream(), [created(&[]), Deleted {}.into()]).row(SyncConfigProjection);
    assert_eq!((row.deleted_at, row.sync_enabled), (Some(at(2)), false));
}

#[test]
fn every_mapping_keeps_its_rules_and_the_config_names_the_current_one() {
    let replaced = MappingReplaced { mapping: mapping(&[("name", "Title")]), number: 2 };
    let log = Log::of(
        &config_stream(),
        [created(&[("name", "DisplayName"), ("phone", "PrimaryPhone.FreeFormNumber")]), replaced.into()],
    );
    let rules = log.rows(FieldMappingProjection);
    let shown: Vec<_> = rules
        .iter()
        .map(|rule| {
            (rule.mapping_number, rule.ordinal, rule.local_field.as_deref(), rule.remote_field.as_deref())
        })
        .collect();
    assert_eq!(
        shown,
        [
            (1, 1, Some("name"), Some("DisplayName")),
            (1, 2, Some("phone"), Some("PrimaryPhone.FreeFormNumber")),
            (2, 1, Some("name"), Some("Title")),
        ]
    );
    assert_eq!(rules[2].id, format!("{}/2/name", config()));
    assert_eq!(log.row(SyncConfigProjection).mapping_number, 2);
}
