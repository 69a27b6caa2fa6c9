//! Configuration and collection mappings, customers, lookup tables, webhooks.

use uuid::Uuid;

use super::support::*;
use crate::integration::*;
use crate::value::NameError;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn external(account_code: &str) -> External {
    External { account_code: Some(account_code.to_owned()), ..External::default() }
}

fn add_on(number: u128, thing: &str, code: &str) -> ConfigurationMapping {
    ConfigurationMapping {
        id: id(number),
        mappable_type: "add_on".to_owned(),
        mappable_id: thing.to_owned(),
        external: external(code),
        settings: crate::fields::Fields::new(),
    }
}

fn invoices(number: u128, code: &str) -> CollectionMapping {
    let (mapping_type, settings) = ("invoice".to_owned(), crate::fields::Fields::new());
    CollectionMapping { id: id(number), mapping_type, external: external(code), settings }
}

fn customer(number: u128, external_customer_id: Option<&str>) -> CustomerSettings {
    CustomerSettings {
        id: id(number),
        customer_id: "c-1".to_owned(),
        customer_type: "company".to_owned(),
        external_customer_id: external_customer_id.map(str::to_owned),
        settings: crate::fields::Fields::new(),
    }
}

fn webhook(number: u128, event_type: &str) -> Webhook {
    Webhook {
        id: id(number),
        event_type: event_type.to_owned(),
        provider_webhook_id: None,
        verification: Verification::Hmac,
        secret: Some(reference(8)),
        expires_at: None,
    }
}

fn no_such(what: &'static str) -> IntegrationError {
    IntegrationError::NoSuchPart { what, id: id(9) }
}

#[test]
fn a_configuration_mapping_is_set_changed_and_removed() {
    let set = |mapping| IntegrationCommand::SetConfigurationMapping(Box::new(mapping));
    let was_set = |mapping| IntegrationEvent::from(ConfigurationMappingSet { mapping });
    let known = || was_set(add_on(1, "a", "4001"));
    after([]).when(set(add_on(1, "a", "4001"))).then([known()]);
    after([known()]).when(set(add_on(1, "a", "4001"))).then_nothing();
    after([known()]).when(set(add_on(2, "a", "4002"))).then([was_set(add_on(1, "a", "4002"))]);
    after([known()]).when(set(add_on(2, "b", "4001"))).then([was_set(add_on(2, "b", "4001"))]);
    let remove = |number| IntegrationCommand::RemoveConfigurationMapping { id: id(number) };
    let removed: IntegrationEvent = ConfigurationMappingRemoved { id: id(1) }.into();
    after([known()]).when(remove(1)).then([removed.clone()]);
    assert!(after([known(), removed]).state().configuration_mappings.is_empty());
    after([known()]).when(remove(9)).then_refused(&no_such("configuration mapping"));
}

#[test]
fn a_collection_mapping_is_set_changed_and_removed() {
    let set = |mapping| IntegrationCommand::SetCollectionMapping(Box::new(mapping));
    let was_set = |mapping| IntegrationEvent::from(CollectionMappingSet { mapping });
    let known = || was_set(invoices(1, "4001"));
    after([]).when(set(invoices(1, "4001"))).then([known()]);
    after([known()]).when(set(invoices(1, "4001"))).then_nothing();
    after([known()]).when(set(invoices(2, "4002"))).then([was_set(invoices(1, "4002"))]);
    let remove = |number| IntegrationCommand::RemoveCollectionMapping { id: id(number) };
    let removed: IntegrationEvent = CollectionMappingRemoved { id: id(1) }.into();
    after([known()]).when(remove(1)).then([removed.clone()]);
    assert!(after([known(), removed]).state().collection_mappings.is_empty());
    after([]).when(remove(9)).then_refused(&no_such("collection mapping"));
}

#[test]
fn what_holds_for_a_customer_is_set_changed_and_removed() {
    let set = |customer| IntegrationCommand::SetCustomer(Box::new(customer));
    let was_set = |customer| IntegrationEvent::from(CustomerSet { customer });
    let known = || was_set(customer(1, None));
    after([]).when(set(customer(1, None))).then([known()]);
    after([known()]).when(set(customer(1, None))).then_nothing();
    after([known()]).when(set(customer(2, Some("58")))).then([was_set(customer(1, Some("58")))]);
    let remove = |number| IntegrationCommand::RemoveCustomer { id: id(number) };
    let removed: IntegrationEvent = CustomerRemoved { id: id(1) }.into();
    after([known()]).when(remove(1)).then([removed.clone()]);
    assert!(after([known(), removed]).state().customers.is_empty());
    after([]).when(remove(9)).then_refused(&no_such("customer"));
}

#[test]
fn keys_of_mappings_are_neither_empty_nor_too_long() {
    let typed = |mappable_type: String| {
        IntegrationCommand::SetConfigurationMapping(Box::new(ConfigurationMapping {
            mappable_type,
            ..add_on(1, "a", "4001")
        }))
    };
    after([]).when(typed(" ".to_owned())).then_refused(&NameError::Empty { what: "mappable_type" }.into());
    after([])
        .when(typed("x".repeat(51)))
        .then_refused(&NameError::TooLong { what: "mappable_type", length: 51, limit: 50 }.into());
    let mapping = Box::new(invoices(1, "40\u{7}01"));
    after([])
        .when(IntegrationCommand::SetCollectionMapping(mapping))
        .then_refused(&NameError::Control { what: "external_account_code", code: 7 }.into());
    let nobody = CustomerSettings { customer_id: String::new(), ..customer(1, None) };
    after([])
        .when(IntegrationCommand::SetCustomer(Box::new(nobody)))
        .then_refused(&NameError::Empty { what: "customer_id" }.into());
}

#[test]
fn every_set_of_a_lookup_table_has_the_next_number() {
    let table = |code: &str| LookupTable::from([("travel_km".to_owned(), code.to_owned())]);
    let name = || "accounting_codes".to_owned();
    let set =
        |code: &str, expected| IntegrationCommand::SetLookup { name: name(), table: table(code), expected };
    let was_set =
        |code: &str, number| IntegrationEvent::from(LookupSet { name: name(), table: table(code), number });
    after([]).when(set("4001", None)).then([was_set("4001", 1)]);
    after([was_set("4001", 1)]).when(set("4001", Some(1))).then_nothing();
    after([was_set("4001", 1)]).when(set("4002", Some(1))).then([was_set("4002", 2)]);
    after([was_set("4001", 1)])
        .when(set("4002", Some(0)))
        .then_refused(&IntegrationError::LookupsChanged { expected: 0, actual: 1 });
    let unnamed = IntegrationCommand::SetLookup { name: String::new(), table: table("1"), expected: None };
    after([]).when(unnamed).then_refused(&NameError::Empty { what: "lookup" }.into());
    assert_eq!(after([was_set("4001", 1), was_set("4002", 2)]).state().lookups_number, 2);
}

fn register(webhook: Webhook) -> IntegrationCommand {
    IntegrationCommand::RegisterWebhook(Box::new(webhook))
}

fn registered(webhook: Webhook) -> IntegrationEvent {
    WebhookRegistered { webhook }.into()
}

#[test]
fn there_is_one_webhook_per_event_type() {
    let first = || webhook(1, "invoice.updated");
    after([]).when(register(first())).then([registered(first())]);
    after([registered(first())]).when(register(first())).then_nothing();
    let event_type = "invoice.updated".to_owned();
    after([registered(first())])
        .when(register(webhook(2, "invoice.updated")))
        .then_refused(&IntegrationError::WebhookExists { event_type, id: id(1) });
    after([registered(first())])
        .when(register(webhook(2, "invoice.created")))
        .then([registered(webhook(2, "invoice.created"))]);
}

#[test]
fn webhook_secret_required_for_inbound_webhooks() {
    for verification in [Verification::Hmac, Verification::SharedSecret] {
        let bare = Webhook { secret: None, verification, ..webhook(1, "invoice.updated") };
        after([]).when(register(bare.clone())).then_refused(&IntegrationError::WebhookSecretRequired);
        after([registered(webhook(1, "invoice.updated"))])
            .when(IntegrationCommand::RenewWebhook(Box::new(bare)))
            .then_refused(&IntegrationError::WebhookSecretRequired);
    }
    let signed =
        Webhook { secret: None, verification: Verification::KeySet, ..webhook(1, "invoice.updated") };
    after([]).when(register(signed.clone())).then([registered(signed)]);
    assert_eq!(
        IntegrationError::WebhookSecretRequired.code(),
        "webhook_secret_required_for_inbound_webhooks"
    );
}

#[test]
fn an_event_type_is_an_entity_and_a_verb() {
    for wrong in ["invoice", ".updated", "invoice.", "invoice.updated.twice", "in voice.updated", ""] {
        let given = wrong.to_owned();
        after([])
            .when(register(webhook(1, wrong)))
            .then_refused(&IntegrationError::WebhookEventType { given });
    }
}

#[test]
fn a_webhook_is_renewed_and_deactivated() {
    let known = || registered(webhook(1, "invoice.updated"));
    let longer = || Webhook {
        provider_webhook_id: Some("w-7".to_owned()),
        expires_at: Some("2026-02-01T00:00:00Z".parse().unwrap()),
        ..webhook(1, "invoice.updated")
    };
    let renew = |webhook| IntegrationCommand::RenewWebhook(Box::new(webhook));
    let renewed: IntegrationEvent = WebhookRenewed { webhook: longer() }.into();
    after([known()]).when(renew(longer())).then([renewed.clone()]);
    after([known(), renewed]).when(renew(longer())).then_nothing();
    after([known()]).when(renew(webhook(9, "invoice.updated"))).then_refused(&no_such("webhook"));
    let other_type = IntegrationError::NoSuchPart { what: "webhook", id: id(1) };
    after([known()]).when(renew(webhook(1, "invoice.created"))).then_refused(&other_type);
    let reason = || "the provider ended it".to_owned();
    let deactivate = || IntegrationCommand::DeactivateWebhook { id: id(1), reason: reason() };
    let off: IntegrationEvent = WebhookDeactivated { id: id(1), reason: reason() }.into();
    after([known()]).when(deactivate()).then([off.clone()]);
    after([known(), off]).when(deactivate()).then_nothing();
}
