//! What the tests of an integration start from.

use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::fields::Fields;
use crate::ids::{DEFAULT_ORGANIZATION, DEFAULT_PROJECT};
use crate::integration::*;
use crate::sync_config::Trigger;
use crate::testing::{Given, given};
use crate::value::{Code, Country, Direction, DisplayName, TriggerKind};

pub(super) fn fields(value: Value) -> Fields {
    match value {
        Value::Object(fields) => fields,
        other => panic!("{other} is no object"),
    }
}

pub(super) fn trigger(kind: TriggerKind) -> Trigger {
    Trigger::new(kind)
}

pub(super) fn plain_facts() -> ProviderFacts {
    ProviderFacts {
        key: "quickbooks".to_owned(),
        required_credentials: vec!["access_token".to_owned()],
        credential_names: vec!["access_token".to_owned(), "pin".to_owned()],
        allowed_origins: vec!["https://quickbooks.api.intuit.com".to_owned()],
        operator_origins: Vec::new(),
        countries: vec![Country::parse("GB").unwrap()],
        direction: Direction::Bidirectional,
        settings: vec![SettingFacts {
            name: "income_account".to_owned(),
            pattern: "^[0-9]+$".to_owned(),
            example: "79".to_owned(),
        }],
        features: vec![FeatureFacts {
            code: "invoice_sync".to_owned(),
            direction: Direction::Outbound,
            trigger: trigger(TriggerKind::OnStatusChange),
        }],
    }
}

pub(super) fn facts() -> Arc<ProviderFacts> {
    Arc::new(plain_facts())
}

pub(super) fn identity(origin: Origin) -> Identity {
    let provider = "quickbooks".to_owned();
    Identity { organization: DEFAULT_ORGANIZATION, project: DEFAULT_PROJECT, provider, origin }
}

pub(super) fn create() -> CreateIntegration {
    CreateIntegration {
        identity: identity(Origin::Person),
        code: Code::parse("qbo").unwrap(),
        name: DisplayName::parse("Books").unwrap(),
        description: String::new(),
        settings: fields(json!({"minor_version": 75})),
        base_url: None,
        direction: None,
        frequency: None,
        facts: facts(),
    }
}

pub(super) fn profile() -> Profile {
    Profile {
        code: Code::parse("qbo").unwrap(),
        name: DisplayName::parse("Books").unwrap(),
        description: String::new(),
        settings: fields(json!({"minor_version": 75})),
        base_url: None,
        direction: Direction::Bidirectional,
        frequency: SyncFrequency::default(),
    }
}

pub(super) fn created() -> IntegrationEvent {
    IntegrationCreated { identity: identity(Origin::Person), profile: profile() }.into()
}

pub(super) fn auto_created() -> IntegrationEvent {
    IntegrationCreated { identity: identity(Origin::Auto), profile: profile() }.into()
}

pub(super) fn reference(number: u128) -> CredentialReference {
    CredentialReference(Uuid::from_u128(number))
}

pub(super) fn credential() -> Credential {
    Credential { reference: reference(1), names: vec!["access_token".to_owned()], token_expires_at: None }
}

pub(super) fn confirm(attempt: Option<&str>, realm: &str) -> ConfirmConnection {
    ConfirmConnection {
        attempt: attempt.map(str::to_owned),
        realm: realm.to_owned(),
        realm_name: None,
        credential: credential(),
        scopes: vec!["accounting".to_owned()],
        change_realm: false,
    }
}

pub(super) fn confirmed(attempt: Option<&str>, realm: &str) -> ConnectionConfirmed {
    ConnectionConfirmed {
        attempt: attempt.map(str::to_owned),
        realm: realm.to_owned(),
        realm_name: None,
        previous_realm: None,
        credential: credential(),
        scopes: vec!["accounting".to_owned()],
    }
}

pub(super) fn begun(attempt: &str) -> IntegrationEvent {
    ConnectionBegun { attempt: attempt.to_owned() }.into()
}

pub(super) fn expired() -> IntegrationEvent {
    ConnectionExpired { reason: "invalid_grant".to_owned() }.into()
}

pub(super) fn disconnected() -> IntegrationEvent {
    Disconnected { reason: None }.into()
}

pub(super) fn enabled() -> IntegrationEvent {
    Enabled { automatic: false }.into()
}

pub(super) fn deleted() -> IntegrationEvent {
    IntegrationDeleted { forced: false }.into()
}

/// A person's integration, to which `events` happened after it was created.
pub(super) fn after(events: impl IntoIterator<Item = IntegrationEvent>) -> Given<Integration> {
    given::<Integration>([created()].into_iter().chain(events))
}

/// A connected integration, to which `events` happened then.
pub(super) fn connected(events: impl IntoIterator<Item = IntegrationEvent>) -> Given<Integration> {
    after([confirmed(None, "r1").into()].into_iter().chain(events))
}
