//! Customers and the hub's own ids in metafields.

use serde_json::{Value, json};

use super::desk::Desk;

const CREATE: &str = "mutation($input: CustomerInput!) { customerCreate(input: $input) {
    customer { id email tags defaultAddress { countryCodeV2 name } } userErrors { field message } } }";

const SET: &str = "mutation($identifier: CustomerSetIdentifiers, $input: CustomerSetInput!) {
    customerSet(identifier: $identifier, input: $input) { customer { id note } userErrors { field code } } }";

#[tokio::test]
async fn an_email_is_taken_once() {
    let desk = Desk::open().await;
    let input = json!({
        "email": "ann@example.com", "tags": ["b", "a"],
        "addresses": [{"address1": "1 Way", "countryCode": "DE", "firstName": "Ann"}],
    });
    let made = desk.data(CREATE, json!({"input": input})).await["customerCreate"].take();
    assert_eq!(made["userErrors"], json!([]));
    assert_eq!(made["customer"]["tags"], json!(["a", "b"]));
    assert_eq!(made["customer"]["defaultAddress"]["countryCodeV2"], "DE");
    let again =
        desk.data(CREATE, json!({"input": {"email": "ANN@example.com"}})).await["customerCreate"].take();
    assert_eq!(again["customer"], Value::Null);
    assert_eq!(again["userErrors"][0]["message"], "Email has already been taken");
    for wrong in [json!({}), json!({"email": "nonsense"}), json!({"phone": "123"})] {
        let refused = desk.data(CREATE, json!({"input": wrong})).await;
        assert_eq!(refused["customerCreate"]["userErrors"].as_array().unwrap().len(), 1, "{wrong}");
    }
    assert_eq!(desk.sandbox.count("Customer"), 1);
    assert_eq!(desk.sandbox.writes_per_key()["Customer:ann@example.com"], 1);
}

#[tokio::test]
async fn updates_are_sparse_and_lists_replace() {
    let desk = Desk::open().await;
    let id = desk.customer("ann@example.com");
    let query = "mutation($input: CustomerInput!) { customerUpdate(input: $input) { customer { firstName note tags } userErrors { message } } }";
    let first = json!({"id": id, "note": "n", "tags": ["x", "y"]});
    desk.data(query, json!({"input": first})).await;
    let data = desk.data(query, json!({"input": {"id": id, "tags": ["z"], "note": ""}})).await;
    let customer = &data["customerUpdate"]["customer"];
    assert_eq!(*customer, json!({"firstName": "Ann", "note": null, "tags": ["z"]}));
}

#[tokio::test]
async fn customer_set_finds_by_a_unique_metafield() {
    let desk = Desk::open().await;
    let identifier = json!({"customId": {"namespace": "hub", "key": "id", "value": "C-1"}});
    let call = async || {
        let variables = json!({"identifier": identifier, "input": {"firstName": "Ann", "note": "n"}});
        desk.data(SET, variables).await["customerSet"].take()
    };
    assert_eq!(call().await["userErrors"][0]["code"], "METAFIELD_MISMATCH", "no unique definition yet");
    let define = "mutation($d: MetafieldDefinitionInput!) { metafieldDefinitionCreate(definition: $d) { createdDefinition { id } userErrors { code } } }";
    let definition = json!({
        "name": "Hub id", "namespace": "hub", "key": "id", "ownerType": "CUSTOMER", "type": "id",
        "capabilities": {"uniqueValues": {"enabled": true}},
    });
    let defined = desk.data(define, json!({"d": definition})).await;
    assert_eq!(defined["metafieldDefinitionCreate"]["userErrors"], json!([]));
    let first = call().await["customer"]["id"].clone();
    assert!(first.is_string());
    assert_eq!(call().await["customer"]["id"], first, "found again, not made again");
    let query = "query($i: CustomerIdentifierInput!) { customerByIdentifier(identifier: $i) { id metafield(namespace: \"hub\", key: \"id\") { value compareDigest } } }";
    let found = desk.data(query, json!({"i": identifier})).await;
    assert_eq!(found["customerByIdentifier"]["metafield"]["value"], "C-1");
    assert_eq!(desk.sandbox.count("Customer"), 1);
    let other = desk.customer("bob@example.com");
    let set = "mutation($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) { metafields { id } userErrors { code elementIndex } } }";
    let taken =
        json!({"m": [{"ownerId": other, "namespace": "hub", "key": "id", "value": "C-1", "type": "id"}]});
    let refused = desk.data(set, taken).await["metafieldsSet"].take();
    assert_eq!(refused["userErrors"][0], json!({"code": "CAPABILITY_VIOLATION", "elementIndex": 0}));
    let digest = &found["customerByIdentifier"]["metafield"]["compareDigest"];
    for (digest, code) in [(json!("old"), json!("STALE_OBJECT")), (digest.clone(), Value::Null)] {
        let one = json!({"ownerId": first, "namespace": "hub", "key": "id", "value": "C-2", "compareDigest": digest});
        let done = desk.data(set, json!({"m": [one]})).await["metafieldsSet"].take();
        assert_eq!(done["userErrors"][0]["code"], code);
    }
}

#[tokio::test]
async fn a_customer_with_orders_stays() {
    let desk = Desk::open().await;
    let id = desk.customer("ann@example.com");
    let order = json!({
        "customer": {"toAssociate": {"id": id}},
        "lineItems": [{"title": "x", "quantity": 1, "priceSet": {"shopMoney": {"amount": "1", "currencyCode": "USD"}}}],
    });
    desk.sandbox.create("Order", order).unwrap();
    let query = "mutation($id: ID!) { customerDelete(input: {id: $id}) { deletedCustomerId userErrors { message } } }";
    let data = desk.data(query, json!({"id": id})).await;
    assert_eq!(data["customerDelete"]["deletedCustomerId"], Value::Null);
    let query = "query($id: ID!) { customer(id: $id) { numberOfOrders orders(first: 5) { nodes { name } } lastOrder { name } } }";
    let data = desk.data(query, json!({"id": id})).await;
    assert_eq!(data["customer"]["numberOfOrders"], "1");
    assert_eq!(data["customer"]["orders"]["nodes"][0], data["customer"]["lastOrder"]);
}

#[tokio::test]
async fn companies_have_unique_external_ids() {
    let desk = Desk::open().await;
    let query = "mutation($i: CompanyCreateInput!) { companyCreate(input: $i) { company { id externalId } userErrors { code } } }";
    let input = json!({"i": {"company": {"name": "Acme", "externalId": "E-1"}}});
    let made = desk.data(query, input.clone()).await["companyCreate"].take();
    assert_eq!(made["company"]["externalId"], "E-1");
    assert_eq!(desk.data(query, input).await["companyCreate"]["userErrors"][0]["code"], "TAKEN");
}
