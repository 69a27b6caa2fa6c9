//! A hub in events: one live integration with configs for customers and invoices.

use chrono::{DateTime, Utc};
use domain::event::Event;
use domain::ids::{
    CommandId, DEFAULT_ORGANIZATION, DEFAULT_PROJECT, IntegrationId, OrganizationId, SyncConfigId,
};
use domain::integration::{
    ConnectionConfirmed, Credential, CredentialReference, Enabled, Identity as IntegrationIdentity,
    IntegrationCreated, IntegrationEvent, Origin, Profile, SyncFrequency,
};
use domain::metadata::{Actor, Metadata, Recorded};
use domain::stream::{Kind, LocalRecordKey, StreamId, SyncRecordKey};
use domain::sync_config::field_path::FieldPath;
use domain::sync_config::transform::Transform;
use domain::sync_config::{
    Created, Identity, Mapping, MappingRule, Policy, Settings, SyncConfigEvent, Trigger,
};
use domain::value::{Code, Direction, DisplayName, EntityName, TriggerKind};
use uuid::Uuid;

use super::{Knowledge, ProcessManager, Reaction};

pub(super) const INTEGRATION: IntegrationId = IntegrationId(Uuid::from_u128(1));
pub(super) const CUSTOMERS: SyncConfigId = SyncConfigId(Uuid::from_u128(2));
pub(super) const INVOICES: SyncConfigId = SyncConfigId(Uuid::from_u128(3));

pub(super) fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH
}

pub(super) fn recorded(stream: StreamId, sequence: u64, event: impl Into<Event>) -> Recorded<Event> {
    Recorded {
        position: sequence,
        organization: OrganizationId(DEFAULT_ORGANIZATION.0),
        stream,
        sequence,
        recorded_at: now(),
        event: event.into(),
        metadata: Metadata::new(Actor::system("test"), CommandId(Uuid::nil())),
    }
}

pub(super) fn integration_stream() -> StreamId {
    StreamId::of(Kind::Integration, INTEGRATION.0)
}

pub(super) fn config_stream(config: SyncConfigId) -> StreamId {
    StreamId::of(Kind::SyncConfig, config.0)
}

pub(super) fn local(entity: &str, id: &str) -> StreamId {
    LocalRecordKey { project: DEFAULT_PROJECT, entity: entity.to_owned(), local_id: id.to_owned() }.stream()
}

pub(super) fn record(config: SyncConfigId, id: &str) -> StreamId {
    SyncRecordKey { config, realm: "r1".to_owned(), local_id: id.to_owned() }.stream()
}

fn created() -> IntegrationEvent {
    let identity = IntegrationIdentity {
        organization: DEFAULT_ORGANIZATION,
        project: DEFAULT_PROJECT,
        provider: "quickbooks".to_owned(),
        origin: Origin::Person,
    };
    let profile = Profile {
        code: Code::parse("qbo").expect("a code"),
        name: DisplayName::parse("Books").expect("a name"),
        description: String::new(),
        settings: domain::fields::Fields::new(),
        base_url: None,
        direction: Direction::Bidirectional,
        frequency: SyncFrequency::Manual,
    };
    IntegrationCreated { identity, profile }.into()
}

fn confirmed() -> IntegrationEvent {
    let credential =
        Credential { reference: CredentialReference(Uuid::nil()), names: Vec::new(), token_expires_at: None };
    ConnectionConfirmed {
        attempt: None,
        realm: "r1".to_owned(),
        realm_name: None,
        previous_realm: None,
        credential,
        scopes: Vec::new(),
    }
    .into()
}

pub(super) fn config(entity: &str, remote: &str, direction: Direction) -> SyncConfigEvent {
    let identity = Identity {
        project: DEFAULT_PROJECT,
        integration: INTEGRATION,
        provider: "quickbooks".to_owned(),
        local_entity: EntityName::parse(entity).expect("an entity"),
        remote_entity: remote.to_owned(),
        feature: None,
    };
    let settings = Settings::new(direction, Trigger::new(TriggerKind::Realtime), Policy::default());
    let rules = if entity == "invoice" { vec![of_customer()] } else { Vec::new() };
    Created { identity, settings, mapping: Mapping { rules }, enabled: true }.into()
}

fn of_customer() -> MappingRule {
    let path = |text| FieldPath::parse(text).expect("a path");
    let transform = Transform::Reference { entity: "customer".to_owned() };
    MappingRule { transform, ..MappingRule::direct("r1", path("customer"), path("CustomerRef.value")) }
}

/// Everything enabled and connected.
pub(super) fn live() -> Knowledge {
    let mut knowledge = Knowledge::default();
    let enabled: IntegrationEvent = Enabled { automatic: false }.into();
    for (number, event) in [created(), confirmed(), enabled].into_iter().enumerate() {
        let sequence = u64::try_from(number).expect("small") + 1;
        knowledge.routes.apply(&recorded(integration_stream(), sequence, event));
    }
    for (id, event) in [
        (CUSTOMERS, config("customer", "Customer", Direction::Bidirectional)),
        (INVOICES, config("invoice", "Invoice", Direction::Bidirectional)),
    ] {
        knowledge.routes.apply(&recorded(config_stream(id), 1, event));
    }
    knowledge
}

/// What follows from `event`, with what is remembered followed; handled twice, it must come to the same.
#[track_caller]
pub(super) fn react(
    manager: &dyn ProcessManager,
    knowledge: &mut Knowledge,
    stream: StreamId,
    event: impl Into<Event>,
) -> Vec<Reaction> {
    let event = recorded(stream, 1, event);
    let reactions = manager.react(knowledge, &event, now());
    for reaction in &reactions {
        if let Reaction::Remember(change) = reaction {
            knowledge.follow(change);
        }
    }
    assert_eq!(manager.react(knowledge, &event, now()), reactions, "a page may be handled twice");
    reactions
}

/// Kinds and keys of the jobs among `reactions`.
pub(super) fn jobs(reactions: &[Reaction]) -> Vec<(String, String)> {
    let jobs = reactions.iter().filter_map(|reaction| match reaction {
        Reaction::Enqueue(job) => Some((job.kind.clone(), job.key.clone())),
        Reaction::Remember(_) | Reaction::Withdraw(..) => None,
    });
    jobs.collect()
}
