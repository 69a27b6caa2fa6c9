use super::*;

#[test]
fn an_event_of_a_provider_has_one_entity_and_one_verb_here() {
    for (given, named) in [
        ("orders/create", "orders.create"),
        ("ORDERS_CREATE", "orders_create.any"),
        ("customer.subscription.deleted", "customer.subscription_deleted"),
        ("", "all.events"),
        ("companies(1)/customers", "companies_1_.customers"),
    ] {
        assert_eq!(event_type(given), named);
    }
}

#[test]
fn an_app_has_one_address_and_a_connection_its_own() {
    let id = IntegrationId(Uuid::from_u128(1));
    assert_eq!(address("https://hub", "xero", None), "https://hub/v1/webhooks/xero");
    assert_eq!(address("https://hub", "xero", Some(id)), format!("https://hub/v1/webhooks/xero/{id}"));
}
