//! Connecting, health, expiry, rotation, disconnecting.

use super::support::*;
use crate::integration::*;
use crate::testing::Given;
use crate::value::{Connection, ErrorClass};

fn begin(attempt: &str) -> IntegrationCommand {
    IntegrationCommand::BeginConnecting { attempt: attempt.to_owned() }
}

fn confirming(confirm: ConfirmConnection) -> IntegrationCommand {
    IntegrationCommand::ConfirmConnection(Box::new(confirm))
}

fn refuse(attempt: &str) -> IntegrationCommand {
    IntegrationCommand::RefuseConnection { attempt: attempt.to_owned(), reason: "access_denied".to_owned() }
}

fn refused(attempt: &str) -> IntegrationEvent {
    ConnectionRefused { attempt: attempt.to_owned(), reason: "access_denied".to_owned() }.into()
}

fn auth_failure(consecutive: u32) -> IntegrationCommand {
    IntegrationCommand::RecordHealth(Health::AuthFailure { consecutive, message: "invalid_grant".to_owned() })
}

fn failure(consecutive: u32) -> IntegrationCommand {
    let (class, message) = (ErrorClass::Transient, "503".to_owned());
    IntegrationCommand::RecordHealth(Health::Failure { consecutive, class, message })
}

fn failing() -> IntegrationEvent {
    HealthFailed { class: ErrorClass::Transient, message: "503".to_owned(), consecutive: FAILURES_TO_ERROR }
        .into()
}

fn recovered() -> IntegrationEvent {
    HealthRecovered {}.into()
}

fn rotate(number: u128) -> IntegrationCommand {
    IntegrationCommand::RecordRotation { reference: reference(number), token_expires_at: None }
}

fn rotated(number: u128) -> IntegrationEvent {
    CredentialRotated { reference: reference(number), token_expires_at: None }.into()
}

fn connection(given: Given<Integration>) -> Connection {
    given.state().connection
}

#[test]
fn an_authorization_leads_from_disconnected_over_connecting_to_connected() {
    assert_eq!(connection(after([])), Connection::Disconnected);
    after([]).when(begin("a1")).then([begun("a1")]);
    after([begun("a1")]).when(begin("a1")).then_nothing();
    assert_eq!(connection(after([begun("a1")])), Connection::Connecting);
    after([begun("a1")])
        .when(confirming(confirm(Some("a1"), "r1")))
        .then([confirmed(Some("a1"), "r1").into()]);
    let state = after([begun("a1"), confirmed(Some("a1"), "r1").into()]).state();
    assert_eq!((state.connection, state.realm.as_deref()), (Connection::Connected, Some("r1")));
    assert_eq!((state.credential, state.attempt), (Some(credential()), None));
}

#[test]
fn a_confirmation_that_comes_twice_changes_nothing() {
    after([begun("a1"), confirmed(Some("a1"), "r1").into()])
        .when(confirming(confirm(Some("a1"), "r1")))
        .then_nothing();
    connected([]).when(confirming(confirm(None, "r1"))).then_nothing();
}

#[test]
fn credentials_that_need_no_authorization_are_confirmed_at_once() {
    after([]).when(confirming(confirm(None, "-"))).then([confirmed(None, "-").into()]);
}

#[test]
fn an_attempt_that_is_not_open_is_neither_confirmed_nor_refused() {
    for past in [vec![], vec![begun("a1"), begun("a2")], vec![begun("a1"), disconnected()]] {
        after(past.clone())
            .when(confirming(confirm(Some("a1"), "r1")))
            .then_refused(&IntegrationError::AttemptNotOpen);
        after(past).when(refuse("a1")).then_refused(&IntegrationError::AttemptNotOpen);
    }
}

#[test]
fn a_refused_attempt_leaves_the_connection_as_it_was() {
    after([begun("a1")]).when(refuse("a1")).then([refused("a1")]);
    assert_eq!(connection(after([begun("a1"), refused("a1")])), Connection::Disconnected);
    assert_eq!(connection(connected([expired(), begun("a1")])), Connection::Connecting);
    assert_eq!(
        connection(connected([expired(), begun("a1"), begun("a2"), refused("a2")])),
        Connection::Expired
    );
    assert_eq!(connection(connected([failing(), begun("a1"), refused("a1")])), Connection::Error);
}

#[test]
fn a_live_connection_goes_on_while_it_is_authorized_again() {
    assert_eq!(connection(connected([begun("a1")])), Connection::Connected);
    assert_eq!(connection(connected([begun("a1"), refused("a1")])), Connection::Connected);
    assert_eq!(connection(connected([begun("a1"), expired(), refused("a1")])), Connection::Expired);
}

#[test]
fn another_realm_is_refused_without_change_realm() {
    let differs = IntegrationError::RealmDiffers { known: "r1".to_owned(), given: "r2".to_owned() };
    let changed = ConnectionConfirmed { previous_realm: Some("r1".to_owned()), ..confirmed(None, "r2") };
    let meant = ConfirmConnection { change_realm: true, ..confirm(None, "r2") };
    connected([]).when(confirming(confirm(None, "r2"))).then_refused(&differs);
    connected([]).when(confirming(meant.clone())).then([changed.clone().into()]);
    connected([disconnected()]).when(confirming(confirm(None, "r2"))).then_refused(&differs);
    connected([disconnected()]).when(confirming(meant)).then([changed.into()]);
}

#[test]
fn the_same_realm_is_not_called_a_change() {
    let again = ConfirmConnection { change_realm: true, ..confirm(None, "r1") };
    connected([disconnected()]).when(confirming(again)).then([confirmed(None, "r1").into()]);
}

#[test]
fn credentials_are_provided_first_and_keep_their_names_when_confirmed() {
    let provided: IntegrationEvent = CredentialsProvided { credential: credential() }.into();
    after([]).when(IntegrationCommand::ProvideCredentials(credential())).then([provided.clone()]);
    after([provided.clone()]).when(IntegrationCommand::ProvideCredentials(credential())).then_nothing();
    assert_eq!(connection(after([provided.clone()])), Connection::Disconnected);
    let nameless = Credential { names: Vec::new(), ..credential() };
    after([provided])
        .when(confirming(ConfirmConnection { credential: nameless, ..confirm(None, "-") }))
        .then([confirmed(None, "-").into()]);
}

#[test]
fn consecutive_auth_failures_expire_a_connection() {
    connected([]).when(auth_failure(AUTH_FAILURES_TO_EXPIRE - 1)).then_nothing();
    connected([]).when(auth_failure(AUTH_FAILURES_TO_EXPIRE)).then([expired()]);
    connected([failing()]).when(auth_failure(AUTH_FAILURES_TO_EXPIRE)).then([expired()]);
    connected([expired()]).when(auth_failure(AUTH_FAILURES_TO_EXPIRE + 1)).then_nothing();
    after([]).when(auth_failure(9)).then_nothing();
}

#[test]
fn other_consecutive_failures_put_a_connection_in_error() {
    connected([]).when(failure(FAILURES_TO_ERROR - 1)).then_nothing();
    connected([]).when(failure(FAILURES_TO_ERROR)).then([failing()]);
    connected([failing()]).when(failure(FAILURES_TO_ERROR + 1)).then_nothing();
    connected([expired()]).when(failure(FAILURES_TO_ERROR)).then_nothing();
    assert_eq!(connection(connected([failing()])), Connection::Error);
}

#[test]
fn a_success_ends_an_error_and_is_no_event_otherwise() {
    let ok = || IntegrationCommand::RecordHealth(Health::Ok);
    connected([failing()]).when(ok()).then([recovered()]);
    assert_eq!(connection(connected([failing(), recovered()])), Connection::Connected);
    connected([]).when(ok()).then_nothing();
    connected([expired()]).when(ok()).then_nothing();
}

#[test]
fn a_connection_can_be_marked_expired_once() {
    let mark = || IntegrationCommand::MarkExpired { reason: "invalid_grant".to_owned() };
    connected([]).when(mark()).then([expired()]);
    connected([failing()]).when(mark()).then([expired()]);
    connected([expired()]).when(mark()).then_nothing();
    after([]).when(mark()).then_refused(&IntegrationError::NotConnected);
    after([begun("a1")]).when(mark()).then_refused(&IntegrationError::NotConnected);
}

#[test]
fn messages_from_outside_are_kept_short_and_clean() {
    let reason = format!("{}\u{0}\n", "x".repeat(900));
    let events = connected([]).when(IntegrationCommand::MarkExpired { reason }).events();
    assert_eq!(events, [ConnectionExpired { reason: "x".repeat(500) }.into()]);
}

#[test]
fn a_rotation_replaces_the_reference_and_a_late_one_revives_an_expired_connection() {
    connected([]).when(rotate(2)).then([rotated(2)]);
    connected([]).when(rotate(1)).then_nothing();
    let state = connected([expired(), rotated(2)]).state();
    assert_eq!(state.connection, Connection::Connected);
    assert_eq!(state.credential, Some(Credential { reference: reference(2), ..credential() }));
    connected([expired()]).when(rotate(1)).then([rotated(1)]);
    assert_eq!(connection(connected([failing(), rotated(2)])), Connection::Error);
}

#[test]
fn credentials_that_are_not_there_are_not_rotated() {
    after([]).when(rotate(2)).then_refused(&IntegrationError::NotConnected);
    connected([disconnected()]).when(rotate(2)).then_refused(&IntegrationError::NotConnected);
}

#[test]
fn disconnecting_gives_up_the_credentials_and_remembers_the_realm() {
    let disconnect = || IntegrationCommand::Disconnect { reason: None };
    connected([]).when(disconnect()).then([disconnected()]);
    after([begun("a1")]).when(disconnect()).then([disconnected()]);
    connected([disconnected()]).when(disconnect()).then_nothing();
    after([]).when(disconnect()).then_nothing();
    let state = connected([disconnected()]).state();
    assert_eq!((state.connection, state.credential), (Connection::Disconnected, None));
    assert_eq!(state.realm.as_deref(), Some("r1"));
}
