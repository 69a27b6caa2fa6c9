//! Integrations: events in, rows out.

use domain::fields::Fields;
use domain::ids::{DEFAULT_ORGANIZATION, DEFAULT_PROJECT};
use domain::integration::{
    ConnectionBegun, ConnectionConfirmed, Credential, CredentialReference, Enabled, HealthFailed,
    HealthRecovered, Identity, IntegrationCreated, IntegrationDeleted, IntegrationEvent, Origin, Profile,
    SyncFrequency,
};
use domain::value::{Code, Connection, Direction, DisplayName, ErrorClass};

use super::IntegrationProjection;
use crate::testing::{Log, at, integration_stream};

pub(crate) fn created() -> IntegrationEvent {
    let identity = Identity {
        organization: DEFAULT_ORGANIZATION,
        project: DEFAULT_PROJECT,
        provider: "quickbooks".to_owned(),
        origin: Origin::Person,
    };
    let profile = Profile {
        code: Code::parse("qb").unwrap(),
        name: DisplayName::parse("QuickBooks").unwrap(),
        description: String::new(),
        settings: Fields::new(),
        base_url: None,
        direction: Direction::Bidirectional,
        frequency: SyncFrequency::default(),
    };
    IntegrationCreated { identity, profile }.into()
}

fn connected() -> [IntegrationEvent; 4] {
    let credential = Credential {
        reference: CredentialReference(DEFAULT_PROJECT.0),
        names: vec!["access_token".to_owned()],
        token_expires_at: Some(at(3_600)),
    };
    let confirmed = ConnectionConfirmed {
        attempt: Some("a1".to_owned()),
        realm: "9130".to_owned(),
        realm_name: Some("Craig's Design".to_owned()),
        previous_realm: None,
        credential,
        scopes: vec!["accounting".to_owned(), "openid".to_owned()],
    };
    [
        created(),
        ConnectionBegun { attempt: "a1".to_owned() }.into(),
        confirmed.into(),
        Enabled { automatic: false }.into(),
    ]
}

#[test]
fn a_connected_integration_shows_its_realm_and_no_credential() {
    let row = Log::of(&integration_stream(), connected()).row(IntegrationProjection);
    assert_eq!(row.connection_status, Connection::Connected);
    assert!(row.enabled && row.has_credentials);
    assert_eq!(row.external_realm_id.as_deref(), Some("9130"));
    assert_eq!(row.external_realm_name.as_deref(), Some("Craig's Design"));
    assert_eq!(row.scopes, "accounting openid");
    assert_eq!((row.connected_at, row.connected_by.as_deref()), (Some(at(3)), Some("user:u1")));
    assert_eq!((row.sync_frequency.as_str(), row.sync_frequency_minutes), ("60", Some(60)));
    assert_eq!(row.token_expires_at, Some(at(3_600)));
}

#[test]
fn an_error_shows_until_calls_succeed_again() {
    let stream = integration_stream();
    let failed = HealthFailed {
        class: ErrorClass::Transient,
        message: "gateway timed out".to_owned(),
        consecutive: 3,
    };
    let log = Log::of(&stream, connected()).and(&stream, [IntegrationEvent::from(failed)]);
    let row = log.row(IntegrationProjection);
    assert_eq!((row.last_error.as_deref(), row.error_count), (Some("gateway timed out"), 3));
    assert_eq!(row.last_error_at, Some(at(5)));
    let row = log.and(&stream, [IntegrationEvent::from(HealthRecovered {})]).row(IntegrationProjection);
    assert_eq!((row.last_error, row.error_count, row.last_error_at), (None, 0, Some(at(5))));
}

#[test]
fn a_deleted_integration_is_marked() {
    let events = [created(), IntegrationDeleted { forced: false }.into()];
    let row = Log::of(&integration_stream(), events).row(IntegrationProjection);
    assert_eq!(row.deleted_at, Some(at(2)));
}
