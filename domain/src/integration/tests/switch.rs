//! Enabling and disabling an integration and its features.

use std::sync::Arc;

use super::support::*;
use crate::integration::*;
use crate::testing::given;
use crate::value::TriggerKind;

fn enable(automatic: bool) -> IntegrationCommand {
    IntegrationCommand::Enable { facts: facts(), automatic }
}

fn disable(automatic: bool) -> IntegrationCommand {
    IntegrationCommand::Disable { reason: None, automatic }
}

fn disabled(automatic: bool) -> IntegrationEvent {
    Disabled { reason: None, automatic }.into()
}

fn enabled_by(automatic: bool) -> IntegrationEvent {
    Enabled { automatic }.into()
}

fn feature_on(automatic: bool) -> IntegrationEvent {
    FeatureEnabled { feature: "invoice_sync".to_owned(), automatic }.into()
}

fn feature_off(automatic: bool) -> IntegrationEvent {
    FeatureDisabled { feature: "invoice_sync".to_owned(), automatic }.into()
}

fn enable_feature(feature: &str, automatic: bool) -> IntegrationCommand {
    IntegrationCommand::EnableFeature { feature: feature.to_owned(), facts: facts(), automatic }
}

fn disable_feature(automatic: bool) -> IntegrationCommand {
    IntegrationCommand::DisableFeature { feature: "invoice_sync".to_owned(), automatic }
}

#[test]
fn credentials_required_before_enable() {
    let missing = IntegrationError::CredentialsRequired { missing: vec!["access_token".to_owned()] };
    after([]).when(enable(false)).then_refused(&missing);
    connected([disconnected()]).when(enable(false)).then_refused(&missing);
    assert_eq!(missing.code(), "credentials_required_before_enable");
}

#[test]
fn enabling_needs_a_confirmed_connection() {
    let provided: IntegrationEvent = CredentialsProvided { credential: credential() }.into();
    after([provided]).when(enable(false)).then_refused(&IntegrationError::NotConnected);
    connected([expired()]).when(enable(false)).then_refused(&IntegrationError::NotConnected);
}

#[test]
fn a_provider_without_credentials_needs_only_the_connection() {
    let facts = Arc::new(ProviderFacts { required_credentials: Vec::new(), ..plain_facts() });
    let nothing = Credential { names: Vec::new(), ..credential() };
    let open = ConnectionConfirmed { credential: nothing, ..confirmed(None, "-") };
    after([open.into()]).when(IntegrationCommand::Enable { facts, automatic: false }).then([enabled()]);
}

#[test]
fn a_connected_integration_is_enabled_and_disabled_once() {
    connected([]).when(enable(false)).then([enabled()]);
    connected([enabled()]).when(enable(false)).then_nothing();
    connected([enabled()]).when(disable(false)).then([disabled(false)]);
    connected([enabled(), disabled(false)]).when(disable(false)).then_nothing();
}

#[test]
fn disabled_integration_must_not_sync() {
    assert_eq!(connected([]).state().check_may_sync(), Err(IntegrationError::IsDisabled));
    assert_eq!(connected([enabled()]).state().check_may_sync(), Ok(()));
    assert_eq!(
        connected([enabled(), disabled(false)]).state().check_may_sync(),
        Err(IntegrationError::IsDisabled)
    );
    assert_eq!(
        connected([enabled(), expired()]).state().check_may_sync(),
        Err(IntegrationError::NotConnected)
    );
    assert_eq!(given::<Integration>([]).state().check_may_sync(), Err(IntegrationError::NotFound));
    assert_eq!(IntegrationError::IsDisabled.code(), "disabled_integration_must_not_sync");
}

#[test]
fn what_the_country_calls_for_switches_an_integration_nobody_touched() {
    let auto = |events: Vec<IntegrationEvent>| {
        given::<Integration>([auto_created(), confirmed(None, "-").into()].into_iter().chain(events))
    };
    auto(vec![]).when(enable(true)).then([enabled_by(true)]);
    auto(vec![enabled_by(true)]).when(disable(true)).then([disabled(true)]);
    auto(vec![enabled_by(true), disabled(true)]).when(enable(true)).then([enabled_by(true)]);
    auto(vec![]).when(enable_feature("invoice_sync", true)).then([feature_on(true)]);
    auto(vec![feature_on(true)]).when(disable_feature(true)).then([feature_off(true)]);
}

#[test]
fn what_a_person_started_or_touched_is_left_alone() {
    connected([enabled()]).when(disable(true)).then_nothing();
    connected([]).when(enable(true)).then_nothing();
    connected([]).when(enable_feature("invoice_sync", true)).then_nothing();
    connected([feature_on(false)]).when(disable_feature(true)).then_nothing();
    for touch in [
        Described::default().into(),
        disabled(false),
        feature_on(false),
        feature_off(false),
        TriggerOverridden { feature: "invoice_sync".to_owned(), trigger: None }.into(),
    ] {
        let past = [auto_created(), confirmed(None, "-").into(), enabled_by(true), touch];
        assert!(given::<Integration>(past).state().touched);
    }
    let past = [auto_created(), confirmed(None, "-").into(), enabled_by(true), disabled(false)];
    given::<Integration>(past).when(enable(true)).then_nothing();
}

#[test]
fn switching_needs_the_facts_of_its_own_provider() {
    let facts = Arc::new(ProviderFacts { key: "xero".to_owned(), ..plain_facts() });
    connected([]).when(IntegrationCommand::Enable { facts, automatic: false }).then_refused(
        &IntegrationError::OtherProvider { expected: "quickbooks".to_owned(), given: "xero".to_owned() },
    );
}

#[test]
fn a_feature_is_switched_on_and_off_once() {
    after([]).when(enable_feature("invoice_sync", false)).then([feature_on(false)]);
    after([feature_on(false)]).when(enable_feature("invoice_sync", false)).then_nothing();
    after([feature_on(false)]).when(disable_feature(false)).then([feature_off(false)]);
    after([]).when(disable_feature(false)).then_nothing();
    assert!(after([feature_on(false)]).state().has_feature("invoice_sync"));
}

#[test]
fn a_feature_the_provider_does_not_have_is_refused() {
    let unknown =
        IntegrationError::UnknownFeature { given: "x".to_owned(), known: "invoice_sync".to_owned() };
    after([]).when(enable_feature("x", false)).then_refused(&unknown);
    let own = IntegrationCommand::OverrideTrigger { feature: "x".to_owned(), trigger: None, facts: facts() };
    after([]).when(own).then_refused(&unknown);
}

#[test]
fn a_features_trigger_is_its_own_or_the_manifests() {
    let own = |trigger| IntegrationCommand::OverrideTrigger {
        feature: "invoice_sync".to_owned(),
        trigger,
        facts: facts(),
    };
    let manual = || Some(trigger(TriggerKind::OnManual));
    let overridden = |trigger| -> IntegrationEvent {
        TriggerOverridden { feature: "invoice_sync".to_owned(), trigger }.into()
    };
    after([]).when(own(manual())).then([overridden(manual())]);
    after([overridden(manual())]).when(own(manual())).then_nothing();
    after([overridden(manual())]).when(own(None)).then([overridden(None)]);
    after([]).when(own(None)).then_nothing();
    let facts = plain_facts();
    let kind = |events: Vec<IntegrationEvent>| after(events).state().trigger_of(&facts.features[0]).kind;
    assert_eq!(kind(vec![]), TriggerKind::OnStatusChange);
    assert_eq!(kind(vec![overridden(manual())]), TriggerKind::OnManual);
    assert_eq!(kind(vec![overridden(manual()), overridden(None)]), TriggerKind::OnStatusChange);
}
