//! A history that touches every projection and every view.

use std::collections::BTreeMap;

use domain::digest::{Digest, DigestKey};
use domain::event::Event;
use domain::fields::Fields;
use domain::ids::{DEFAULT_ORGANIZATION, DEFAULT_PROJECT, IntegrationId, SyncConfigId};
use domain::integration::{
    ConnectionConfirmed, Credential, CredentialReference, Enabled, FeatureEnabled,
    Identity as IntegrationIdentity, IntegrationCreated, IntegrationEvent, Origin, Profile, SyncFrequency,
};
use domain::local_record::{LocalRecordEvent, Put, Source};
use domain::project::{ProjectEvent, ProjectRegistered};
use domain::stream::{Kind, LocalRecordKey, StreamId, SyncRecordKey, webhook_delivery};
use domain::sync_config::field_path::FieldPath;
use domain::sync_config::{
    Created, Identity, Mapping, MappingReplaced, MappingRule, MappingVersion, Policy, Settings,
    SyncConfigEvent, Trigger,
};
use domain::sync_record::events::{
    Base, ConflictDetected, Linked, LinkedBy, LocalObserved, Observation, RemoteObserved, SyncRecordEvent,
    WriteRejected,
};
use domain::sync_run::{Counts, PageDone, RunEnded, RunStarted, SyncRunEvent};
use domain::value::{
    Code, Direction, DisplayName, EntityName, ErrorClass, RunStatus, RunType, Strategy, TriggerKind,
    TriggeredBy,
};
use domain::webhook_delivery::{Body, WebhookDeliveryEvent, WebhookProcessed, WebhookReceived};
use serde_json::json;
use uuid::Uuid;

pub(super) type History = Vec<(StreamId, Event)>;

pub(super) const INTEGRATION: IntegrationId = IntegrationId(Uuid::from_u128(0x11));
pub(super) const CONFIG: SyncConfigId = SyncConfigId(Uuid::from_u128(0x22));
const RUN: Uuid = Uuid::from_u128(0x33);
const MAPPING: MappingVersion = MappingVersion { mapping: 1, lookups: 0 };

pub(super) fn integration_stream() -> StreamId {
    StreamId::of(Kind::Integration, INTEGRATION.0)
}

pub(super) fn record_stream(local_id: &str) -> StreamId {
    let key = LocalRecordKey {
        project: DEFAULT_PROJECT,
        entity: "customer".to_owned(),
        local_id: local_id.to_owned(),
    };
    key.stream()
}

fn pair_stream(local_id: &str) -> StreamId {
    SyncRecordKey { config: CONFIG, realm: "9130".to_owned(), local_id: local_id.to_owned() }.stream()
}

fn digest(content: &str) -> Digest {
    DigestKey::new(&[7; 32]).digest(content.as_bytes())
}

/// A project, an integration with a feature, a config and its second mapping.
pub(super) fn setup() -> History {
    let name = DisplayName::parse("Meander").expect("a name");
    let project = ProjectRegistered { organization: DEFAULT_ORGANIZATION, name, country: None };
    let mut history =
        vec![(StreamId::of(Kind::Project, DEFAULT_PROJECT.0), Event::from(ProjectEvent::from(project)))];
    history.extend(integration().map(|event| (integration_stream(), Event::from(event))));
    history.extend(config().map(|event| (StreamId::of(Kind::SyncConfig, CONFIG.0), Event::from(event))));
    history
}

fn integration() -> [IntegrationEvent; 4] {
    let identity = IntegrationIdentity {
        organization: DEFAULT_ORGANIZATION,
        project: DEFAULT_PROJECT,
        provider: "quickbooks".to_owned(),
        origin: Origin::Person,
    };
    let profile = Profile {
        code: Code::parse("qb").expect("a code"),
        name: DisplayName::parse("QuickBooks").expect("a name"),
        description: "the books".to_owned(),
        settings: Fields::new(),
        base_url: None,
        direction: Direction::Bidirectional,
        frequency: SyncFrequency::default(),
    };
    let reference = CredentialReference(Uuid::from_u128(0x44));
    let confirmed = ConnectionConfirmed {
        attempt: None,
        realm: "9130".to_owned(),
        realm_name: None,
        previous_realm: None,
        credential: Credential { reference, names: Vec::new(), token_expires_at: None },
        scopes: vec!["accounting".to_owned()],
    };
    [
        IntegrationCreated { identity, profile }.into(),
        confirmed.into(),
        Enabled { automatic: false }.into(),
        FeatureEnabled { feature: "customers".to_owned(), automatic: false }.into(),
    ]
}

fn config() -> [SyncConfigEvent; 2] {
    let identity = Identity {
        project: DEFAULT_PROJECT,
        integration: INTEGRATION,
        provider: "quickbooks".to_owned(),
        local_entity: EntityName::parse("customer").expect("an entity"),
        remote_entity: "Customer".to_owned(),
        feature: Some("customers".to_owned()),
    };
    let trigger = Trigger::new(TriggerKind::Realtime);
    let settings = Settings::new(Direction::Bidirectional, trigger, Policy::default());
    let mapping = |remote: &str| {
        let path = |text| FieldPath::parse(text).expect("a path");
        Mapping { rules: vec![MappingRule::direct("name", path("name"), path(remote))] }
    };
    [
        Created { identity, settings, mapping: mapping("Title"), enabled: true }.into(),
        MappingReplaced { mapping: mapping("DisplayName"), number: 2 }.into(),
    ]
}

/// Records of a run: every third is in step, every third was refused, every third is in conflict.
pub(super) fn records(count: usize) -> History {
    let run = StreamId::of(Kind::SyncRun, RUN);
    let mut history: History = vec![(run.clone(), SyncRunEvent::from(started()).into())];
    for number in 0..count {
        let id = format!("c/{number:03}");
        history.extend(put(&id, number).map(|event| (record_stream(&id), event.into())));
        history.extend(pair(number).into_iter().map(|event| (pair_stream(&id), event.into())));
        if number % 10 == 9 {
            history.push((run.clone(), SyncRunEvent::from(page(10)).into()));
        }
    }
    history.push((run, SyncRunEvent::from(ended(count)).into()));
    history.extend(delivery().map(|event| (webhook_delivery(INTEGRATION, "e1"), event.into())));
    history
}

/// A record and a change of it.
pub(super) fn put(id: &str, number: usize) -> [LocalRecordEvent; 2] {
    let put = |created, fields: serde_json::Value| {
        let fields = fields.as_object().cloned().expect("fields are an object");
        Put { created, fields, cleared: Vec::new(), source: Source::Import, updated_at: None }.into()
    };
    [
        put(true, json!({"name": format!("Customer {id}"), "balance": 12.50, "phone": "1"})),
        put(false, json!({"phone": format!("+47 {number}"), "lines": [{"line_id": 1, "amount": 0.10}]})),
    ]
}

fn pair(number: usize) -> Vec<SyncRecordEvent> {
    let (ours, theirs) = (digest(&format!("ours {number}")), digest(&format!("theirs {number}")));
    let observed = LocalObserved { version: 2, digest: ours, updated_at: None, mapping: MAPPING };
    let rest: Vec<SyncRecordEvent> = match number % 3 {
        0 => vec![seen(number, theirs).into(), linked(number, ours, theirs).into()],
        1 => vec![rejected().into()],
        _ => vec![seen(number, theirs).into(), conflict(ours, theirs).into()],
    };
    std::iter::once(observed.into()).chain(rest).collect()
}

fn seen(number: usize, digest: Digest) -> RemoteObserved {
    let changed = json!({"DisplayName": "Someone", "Balance": 3}).as_object().cloned().expect("an object");
    let seen = Observation {
        changed,
        removed: Vec::new(),
        digest,
        observed: digest,
        version_token: Some("0".to_owned()),
        updated_at: None,
    };
    RemoteObserved { remote_id: number.to_string(), seen, call: None, mapping: MAPPING }
}

fn linked(number: usize, ours: Digest, theirs: Digest) -> Linked {
    let base =
        Base { local_version: 2, local_digest: ours, through: 2, observation: 2, remote_digest: theirs };
    Linked {
        remote_id: number.to_string(),
        by: LinkedBy::NaturalKey,
        observed: Some(theirs),
        base: Some(base),
    }
}

fn rejected() -> WriteRejected {
    WriteRejected {
        call: None,
        class: ErrorClass::Validation,
        code: Some("6240".to_owned()),
        message: "the name is taken".to_owned(),
        next_step: Some("choose another name".to_owned()),
        local_version: 2,
    }
}

fn conflict(ours: Digest, theirs: Digest) -> ConflictDetected {
    ConflictDetected {
        collisions: Vec::new(),
        local_digest: ours,
        remote_digest: theirs,
        strategy: Strategy::ManualReview,
        deleted: None,
    }
}

fn started() -> RunStarted {
    RunStarted {
        project: DEFAULT_PROJECT,
        integration: INTEGRATION,
        config: CONFIG,
        direction: Direction::Inbound,
        realm: "9130".to_owned(),
        run_type: RunType::Full,
        triggered_by: TriggeredBy::Manual,
        cursor: None,
    }
}

fn page(processed: u64) -> PageDone {
    let counts = Counts { processed, created: processed, ..Counts::default() };
    PageDone { cursor_before: None, cursor_after: None, last: false, counts, retried_alone: Vec::new() }
}

fn ended(count: usize) -> RunEnded {
    RunEnded {
        status: RunStatus::Completed,
        totals: Counts { processed: count as u64, ..Counts::default() },
        errors: Vec::new(),
        more_errors: 0,
        duration_ms: 12,
        cursor: Some("c".to_owned()),
    }
}

fn delivery() -> [WebhookDeliveryEvent; 2] {
    let received = WebhookReceived {
        project: DEFAULT_PROJECT,
        integration: INTEGRATION,
        provider: "quickbooks".to_owned(),
        realm: "9130".to_owned(),
        event_type: "customer.updated".to_owned(),
        dedupe_id: "e1".to_owned(),
        headers: BTreeMap::new(),
        body: Body { digest: digest("body"), length: 4, blob: "b1".to_owned() },
        entity: None,
        remote_id: None,
        received_at: chrono::DateTime::UNIX_EPOCH,
    };
    [received.into(), WebhookProcessed {}.into()]
}
