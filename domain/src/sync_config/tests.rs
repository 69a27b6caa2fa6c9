use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::aggregate::Aggregate;
use crate::claim::{ClaimChange, ClaimKey, ClaimKind};
use crate::ids::{DEFAULT_PROJECT, IntegrationId};
use crate::stream::{Kind, StreamId};
use crate::testing::{Given, given};
use crate::value::{DeletePolicy, Direction, EntityName, FilterExit, Strategy, TriggerKind};

fn trigger(kind: TriggerKind) -> Trigger {
    Trigger::new(kind)
}

fn identity(feature: Option<&str>) -> Identity {
    Identity {
        project: DEFAULT_PROJECT,
        integration: IntegrationId(Uuid::from_u128(1)),
        provider: "quickbooks".to_owned(),
        local_entity: entity("customer"),
        remote_entity: "Customer".to_owned(),
        feature: feature.map(str::to_owned),
    }
}

fn entity(name: &str) -> EntityName {
    EntityName::parse(name).unwrap()
}

fn settings() -> Settings {
    Settings::new(Direction::Bidirectional, trigger(TriggerKind::Realtime), Policy::default())
}

fn rule(id: &str, local: &str, remote: &str) -> MappingRule {
    MappingRule::direct(id, FieldPath::parse(local).unwrap(), FieldPath::parse(remote).unwrap())
}

fn mapping() -> Mapping {
    Mapping { rules: vec![rule("name", "name", "DisplayName")] }
}

fn longer() -> Mapping {
    Mapping {
        rules: vec![
            rule("name", "name", "DisplayName"),
            rule("phone", "phone", "PrimaryPhone.FreeFormNumber"),
        ],
    }
}

fn capabilities() -> Capabilities {
    Capabilities {
        direction: Direction::Bidirectional,
        on_local_delete: vec![DeletePolicy::Deactivate],
        on_remote_delete: vec![DeletePolicy::Delete],
    }
}

fn create() -> CreateSyncConfig {
    let (identity, settings, mapping, capabilities) = (identity(None), settings(), mapping(), capabilities());
    CreateSyncConfig { identity, settings, mapping, enabled: true, capabilities }
}

fn creating(create: CreateSyncConfig) -> SyncConfigCommand {
    SyncConfigCommand::Create(Box::new(create))
}

fn changing(change: Changed) -> SyncConfigCommand {
    SyncConfigCommand::Change(Box::new(ChangeSyncConfig { change, capabilities: capabilities() }))
}

fn created() -> SyncConfigEvent {
    Created { identity: identity(None), settings: settings(), mapping: mapping(), enabled: true }.into()
}

fn created_by_feature() -> SyncConfigEvent {
    let identity = identity(Some("customer_sync"));
    Created { identity, settings: settings(), mapping: mapping(), enabled: true }.into()
}

fn disabled() -> SyncConfigEvent {
    Disabled {}.into()
}

fn deleted() -> SyncConfigEvent {
    Deleted {}.into()
}

fn replaced(mapping: Mapping, number: u32) -> SyncConfigEvent {
    MappingReplaced { mapping, number }.into()
}

fn after(events: impl IntoIterator<Item = SyncConfigEvent>) -> Given<SyncConfig> {
    given::<SyncConfig>([created()].into_iter().chain(events))
}

#[test]
fn a_sync_config_is_created_once_and_its_mapping_has_number_1() {
    given::<SyncConfig>([]).when(creating(create())).then([created()]);
    after([]).when(creating(create())).then_refused(&SyncConfigError::AlreadyCreated);
    let state = after([]).state();
    assert_eq!((state.mapping_number, state.enabled), (1, true));
    assert_eq!(state.mapping_version(3), MappingVersion { mapping: 1, lookups: 3 });
}

#[test]
fn the_defaults_ignore_deletions_and_keep_what_leaves_the_filter() {
    let settings = settings();
    assert_eq!(settings.on_local_delete, DeletePolicy::Ignore);
    assert_eq!(settings.on_remote_delete, DeletePolicy::Ignore);
    assert_eq!(settings.on_filter_exit, FilterExit::Keep);
    assert_eq!(settings.policy.strategy, Strategy::LastWriteWins);
    assert!(!settings.review_mode && settings.schedule.is_none());
}

#[test]
fn a_remote_entity_has_a_name() {
    for wrong in [String::new(), "  ".to_owned(), "x".repeat(101), "Cust\u{0}omer".to_owned()] {
        let identity = Identity { remote_entity: wrong, ..identity(None) };
        given::<SyncConfig>([])
            .when(creating(CreateSyncConfig { identity, ..create() }))
            .then_refused(&SyncConfigError::RemoteEntity);
    }
}

#[test]
fn a_direction_that_the_feature_does_not_have_is_refused() {
    let inbound = || Capabilities { direction: Direction::Inbound, ..capabilities() };
    let refused = SyncConfigError::DirectionNotAllowed { allowed: Direction::Inbound };
    given::<SyncConfig>([])
        .when(creating(CreateSyncConfig { capabilities: inbound(), ..create() }))
        .then_refused(&refused);
    let change = Changed { direction: Some(Direction::Outbound), ..Changed::default() };
    let command = ChangeSyncConfig { change, capabilities: inbound() };
    after([]).when(SyncConfigCommand::Change(Box::new(command))).then_refused(&refused);
}

#[test]
fn a_delete_policy_is_one_that_the_acting_side_can_do() {
    let local = |policy| changing(Changed { on_local_delete: Some(policy), ..Changed::default() });
    let remote = |policy| changing(Changed { on_remote_delete: Some(policy), ..Changed::default() });
    for policy in [DeletePolicy::Unlink, DeletePolicy::Deactivate] {
        let changed = Changed { on_local_delete: Some(policy), ..Changed::default() };
        after([]).when(local(policy)).then([changed.into()]);
    }
    let refused = |field, allowed: &str| SyncConfigError::DeletePolicyNotAllowed {
        field,
        policy: DeletePolicy::Void,
        allowed: allowed.to_owned(),
    };
    after([])
        .when(local(DeletePolicy::Void))
        .then_refused(&refused("on_local_delete", "ignore, unlink, deactivate"));
    after([])
        .when(remote(DeletePolicy::Void))
        .then_refused(&refused("on_remote_delete", "ignore, unlink, delete"));
}

#[test]
fn a_dependency_is_named_once() {
    let twice =
        Changed { dependencies: Some(vec![entity("product"), entity("product")]), ..Changed::default() };
    after([]).when(changing(twice)).then_refused(&SyncConfigError::DependencyTwice);
    let once =
        Changed { dependencies: Some(vec![entity("product"), entity("customer")]), ..Changed::default() };
    after([]).when(changing(once.clone())).then([once.into()]);
}

#[test]
fn a_change_records_only_what_is_different() {
    let asked = Changed {
        direction: Some(Direction::Bidirectional),
        review_mode: Some(true),
        on_filter_exit: Some(FilterExit::Unlink),
        ..Changed::default()
    };
    let changed = Changed { direction: None, ..asked.clone() };
    after([]).when(changing(asked)).then([changed.clone().into()]);
    after([changed.clone().into()]).when(changing(changed.clone())).then_nothing();
    after([]).when(changing(Changed::default())).then_nothing();
    let state = after([changed.into()]).state();
    let expected = Settings { review_mode: true, on_filter_exit: FilterExit::Unlink, ..settings() };
    assert_eq!(state.settings, Some(expected));
}

#[test]
fn a_schedule_can_be_set_and_taken_away_but_not_both() {
    let schedule = || Schedule::every(15).unwrap();
    let set = || Changed { schedule: Some(schedule()), ..Changed::default() };
    let gone = || Changed { unscheduled: true, ..Changed::default() };
    after([]).when(changing(set())).then([set().into()]);
    after([set().into()]).when(changing(gone())).then([gone().into()]);
    after([]).when(changing(gone())).then_nothing();
    after([])
        .when(changing(Changed { unscheduled: true, ..set() }))
        .then_refused(&SyncConfigError::ScheduleUnclear);
    assert_eq!(after([set().into()]).state().settings.unwrap().schedule, Some(schedule()));
    assert_eq!(after([set().into(), gone().into()]).state().settings.unwrap().schedule, None);
}

#[test]
fn a_config_of_a_feature_takes_the_features_trigger_and_no_other() {
    let manual = || trigger(TriggerKind::OnManual);
    let own = || changing(Changed { trigger: Some(manual()), ..Changed::default() });
    let follow = || SyncConfigCommand::FollowTrigger { trigger: manual() };
    let followed: SyncConfigEvent = TriggerFollowed { trigger: manual() }.into();
    let feature = "customer_sync".to_owned();
    given::<SyncConfig>([created_by_feature()])
        .when(own())
        .then_refused(&SyncConfigError::TriggerOfFeature { feature });
    given::<SyncConfig>([created_by_feature()]).when(follow()).then([followed.clone()]);
    given::<SyncConfig>([created_by_feature(), followed]).when(follow()).then_nothing();
    after([]).when(own()).then([Changed { trigger: Some(manual()), ..Changed::default() }.into()]);
    after([]).when(follow()).then_refused(&SyncConfigError::NoFeature);
}

#[test]
fn replacing_the_mapping_raises_its_number() {
    let replace = |mapping, expected| SyncConfigCommand::ReplaceMapping { mapping, expected };
    after([]).when(replace(longer(), Some(1))).then([replaced(longer(), 2)]);
    after([]).when(replace(longer(), None)).then([replaced(longer(), 2)]);
    after([replaced(longer(), 2)]).when(replace(longer(), None)).then_nothing();
    after([replaced(longer(), 2)])
        .when(replace(mapping(), Some(1)))
        .then_refused(&SyncConfigError::MappingChangedSince { expected: 1, actual: 2 });
    assert_eq!(after([replaced(longer(), 2)]).state().mapping_version(0).mapping, 2);
}

fn refused_mapping(rules: Vec<MappingRule>, error: &SyncConfigError) {
    let mapping = Mapping { rules };
    given::<SyncConfig>([])
        .when(creating(CreateSyncConfig { mapping: mapping.clone(), ..create() }))
        .then_refused(error);
    after([]).when(SyncConfigCommand::ReplaceMapping { mapping, expected: None }).then_refused(error);
}

#[test]
fn a_mapping_id_a_pair_of_fields_and_a_target_occur_once() {
    let id = "a".to_owned();
    refused_mapping(vec![rule("a", "x", "X"), rule("a", "y", "Y")], &SyncConfigError::RuleIdTwice { id });
    let (local, remote) = ("x".to_owned(), "X".to_owned());
    let one_way = |id, direction| MappingRule { direction: Some(direction), ..rule(id, "x", "X") };
    refused_mapping(
        vec![one_way("a", Direction::Inbound), one_way("b", Direction::Outbound)],
        &SyncConfigError::PairMappedTwice { local, remote },
    );
    let twice = |target: &str, direction| SyncConfigError::TargetWrittenTwice {
        target: target.to_owned(),
        direction,
    };
    refused_mapping(vec![rule("a", "x", "X"), rule("b", "y", "X")], &twice("X", Direction::Outbound));
    refused_mapping(vec![rule("a", "x", "X"), rule("b", "x", "Y")], &twice("x", Direction::Inbound));
}

#[test]
fn two_mappings_may_share_a_target_in_different_directions() {
    let one_way = |id, remote, direction| MappingRule { direction: Some(direction), ..rule(id, "x", remote) };
    let rules = vec![one_way("a", "X", Direction::Inbound), one_way("b", "Y", Direction::Outbound)];
    let command =
        SyncConfigCommand::ReplaceMapping { mapping: Mapping { rules: rules.clone() }, expected: None };
    after([]).when(command).then([replaced(Mapping { rules }, 2)]);
}

#[test]
fn a_wider_direction_is_checked_against_the_mapping_that_is_there() {
    let rules = vec![rule("a", "x", "X"), rule("b", "x", "Y")];
    let outbound = CreateSyncConfig {
        settings: Settings { direction: Direction::Outbound, ..settings() },
        mapping: Mapping { rules },
        ..create()
    };
    let events = given::<SyncConfig>([]).when(creating(outbound)).events();
    given::<SyncConfig>(events)
        .when(changing(Changed { direction: Some(Direction::Bidirectional), ..Changed::default() }))
        .then_refused(&SyncConfigError::TargetWrittenTwice {
            target: "x".to_owned(),
            direction: Direction::Inbound,
        });
}

#[test]
fn a_sync_config_is_enabled_and_disabled_once() {
    after([]).when(SyncConfigCommand::Disable).then([disabled()]);
    after([disabled()]).when(SyncConfigCommand::Disable).then_nothing();
    after([disabled()]).when(SyncConfigCommand::Enable).then([Enabled {}.into()]);
    after([]).when(SyncConfigCommand::Enable).then_nothing();
}

#[test]
fn deleting_twice_changes_nothing() {
    after([]).when(SyncConfigCommand::Delete).then([deleted()]);
    after([deleted()]).when(SyncConfigCommand::Delete).then_nothing();
    assert!(!after([deleted()]).state().enabled);
}

#[test]
fn nothing_can_be_asked_before_creation_or_after_deletion() {
    let commands = || {
        [
            changing(Changed::default()),
            SyncConfigCommand::FollowTrigger { trigger: trigger(TriggerKind::OnManual) },
            SyncConfigCommand::ReplaceMapping { mapping: mapping(), expected: None },
            SyncConfigCommand::Enable,
            SyncConfigCommand::Disable,
        ]
    };
    for command in commands() {
        given::<SyncConfig>([]).when(command).then_refused(&SyncConfigError::NotFound);
    }
    for command in commands() {
        after([deleted()]).when(command).then_refused(&SyncConfigError::Deleted);
    }
    given::<SyncConfig>([]).when(SyncConfigCommand::Delete).then_refused(&SyncConfigError::NotFound);
    after([deleted()]).when(creating(create())).then_refused(&SyncConfigError::AlreadyCreated);
}

#[test]
fn a_pair_of_entities_is_claimed_until_its_config_is_deleted() {
    let stream = StreamId::of(Kind::SyncConfig, Uuid::from_u128(9));
    let key = ClaimKey::entity_pair(identity(None).integration, "customer", "Customer");
    let take = ClaimChange::Take { key: key.clone(), tag: None };
    assert_eq!(SyncConfig::default().claims(&stream, &created()), [take]);
    let state = after([]).state();
    assert_eq!(state.claims(&stream, &disabled()), []);
    assert_eq!(state.claims(&stream, &deleted()), [ClaimChange::Release { key }]);
    let taken = SyncConfigError::of_claim(ClaimKind::EntityPair, &stream).unwrap();
    assert_eq!((taken.code(), taken.to_string().contains(&stream.id)), ("entity_pair_taken", true));
    assert_eq!(SyncConfigError::of_claim(ClaimKind::RemoteId, &stream), None);
}

#[test]
fn field_mappings_must_be_valid_json_object() {
    let error = SyncConfigError::MappingNotAnObject;
    assert_eq!(
        (error.code(), error.field()),
        ("field_mappings_must_be_valid_json_object", Some("field_mappings"))
    );
}

#[test]
fn a_stored_change_leaves_out_what_stayed() {
    let changed = Changed { review_mode: Some(false), ..Changed::default() };
    assert_eq!(serde_json::to_value(&changed).unwrap(), json!({"review_mode": false}));
    assert_eq!(serde_json::from_value::<Changed>(json!({"review_mode": false})).unwrap(), changed);
}
