//! Products and variants.

use serde_json::{Value, json};

use super::desk::Desk;

const SET: &str = "mutation($input: ProductSetInput!, $identifier: ProductSetIdentifiers) {
    productSet(input: $input, identifier: $identifier) {
        product { id handle variants(first: 10) { nodes { id title sku price inventoryQuantity } } }
        userErrors { field code message } } }";

fn sized(sizes: &[(&str, &str)]) -> Value {
    let values: Vec<Value> = sizes.iter().map(|(size, _)| json!({"name": size})).collect();
    let variant = |(size, sku): &(&str, &str)| json!({"optionValues": [{"optionName": "Size", "name": size}], "sku": sku, "price": "9.5"});
    let variants: Vec<Value> = sizes.iter().map(variant).collect();
    json!({"title": "Big Lamp", "productOptions": [{"name": "Size", "values": values}], "variants": variants})
}

#[tokio::test]
async fn product_set_replaces_the_variants() {
    let desk = Desk::open().await;
    let data = desk.data(SET, json!({"input": sized(&[("S", "L-S"), ("M", "L-M")])})).await;
    let product = &data["productSet"]["product"];
    assert_eq!(product["handle"], "big-lamp");
    let first = product["variants"]["nodes"].as_array().unwrap().clone();
    assert_eq!((first.len(), &first[0]["price"], &first[1]["sku"]), (2, &json!("9.50"), &json!("L-M")));
    let mut input = sized(&[("M", "L-M2"), ("L", "L-L")]);
    input["id"] = product["id"].clone();
    let data = desk.data(SET, json!({"input": input})).await;
    let second = data["productSet"]["product"]["variants"]["nodes"].as_array().unwrap().clone();
    assert_eq!(second[0]["id"], first[1]["id"], "M stays the same variant");
    assert_eq!(second[0]["sku"], "L-M2");
    assert_eq!(second.len(), 2);
    assert_eq!(desk.sandbox.count("ProductVariant"), 2, "S is gone");
    assert_eq!(desk.sandbox.count("InventoryItem"), 2);
}

#[tokio::test]
async fn options_and_variants_come_together() {
    let desk = Desk::open().await;
    for (missing, code) in
        [("productOptions", "PRODUCT_OPTIONS_INPUT_MISSING"), ("variants", "VARIANTS_INPUT_MISSING")]
    {
        let mut input = sized(&[("S", "x")]);
        input.as_object_mut().unwrap().remove(missing);
        let data = desk.data(SET, json!({"input": input})).await;
        assert_eq!(data["productSet"]["userErrors"][0]["code"], code);
    }
    let mut taken = sized(&[("S", "x")]);
    taken["handle"] = json!("lamp");
    desk.data(SET, json!({"input": taken})).await;
    let data = desk.data(SET, json!({"input": taken})).await;
    assert_eq!(data["productSet"]["userErrors"][0]["code"], "HANDLE_NOT_UNIQUE");
    let again = json!({"input": {"title": "Lamp again"}, "identifier": {"handle": "lamp"}});
    let data = desk.data(SET, again).await;
    assert_eq!(data["productSet"]["product"]["handle"], "lamp");
    assert_eq!(desk.sandbox.count("Product"), 1, "found by its handle");
}

#[tokio::test]
async fn a_plain_product_has_one_default_variant() {
    let desk = Desk::open().await;
    let query = "mutation { productCreate(product: {title: \"Lamp\"}) { product { id hasOnlyDefaultVariant totalInventory
        variants(first: 5) { nodes { id title displayName product { title } } } } userErrors { message } } }";
    let product = desk.data(query, json!({})).await["productCreate"]["product"].take();
    assert_eq!((&product["hasOnlyDefaultVariant"], &product["totalInventory"]), (&json!(true), &json!(0)));
    assert_eq!(product["variants"]["nodes"][0]["displayName"], "Lamp - Default Title");
    let update = "mutation($p: ID!, $v: [ProductVariantsBulkInput!]!) { productVariantsBulkUpdate(productId: $p, variants: $v) {
        productVariants { sku price compareAtPrice inventoryItem { sku unitCost { amount } } } userErrors { field code } } }";
    let variant = &product["variants"]["nodes"][0]["id"];
    let input = json!([{"id": variant, "price": "5", "compareAtPrice": "7.25", "inventoryItem": {"sku": "L-1", "cost": "2.5"}}]);
    let data = desk.data(update, json!({"p": product["id"], "v": input})).await;
    let changed = &data["productVariantsBulkUpdate"]["productVariants"][0];
    assert_eq!((&changed["sku"], &changed["price"]), (&json!("L-1"), &json!("5.00")));
    assert_eq!(changed["inventoryItem"]["unitCost"]["amount"], "2.5");
    let wrong =
        json!([{"id": variant, "price": "1"}, {"id": "gid://shopify/ProductVariant/1", "price": "1"}]);
    let data = desk.data(update, json!({"p": product["id"], "v": wrong})).await;
    assert_eq!(data["productVariantsBulkUpdate"]["userErrors"][0]["code"], "PRODUCT_VARIANT_DOES_NOT_EXIST");
    let stored = desk.sandbox.get("ProductVariant", variant.as_str().unwrap()).unwrap();
    assert_eq!(stored["price"], "5.00", "all or none");
    let find = "{ productVariants(first: 5, query: \"sku:L-1\") { nodes { id } } }";
    assert_eq!(desk.data(find, json!({})).await["productVariants"]["nodes"][0]["id"], *variant);
    let find = "{ inventoryItems(first: 5, query: \"sku:L-1\") { nodes { variant { id } } } }";
    assert_eq!(desk.data(find, json!({})).await["inventoryItems"]["nodes"][0]["variant"]["id"], *variant);
}

#[tokio::test]
async fn deleting_a_product_takes_its_stock_along() {
    let desk = Desk::open().await;
    let [product, ..] = desk.product("L-1");
    let query =
        "mutation($id: ID!) { productDelete(input: {id: $id}) { deletedProductId userErrors { message } } }";
    let data = desk.data(query, json!({"id": product})).await;
    assert_eq!(data["productDelete"]["deletedProductId"], product);
    for kind in ["Product", "ProductVariant", "InventoryItem", "InventoryLevel"] {
        assert_eq!(desk.sandbox.count(kind), 0, "{kind}");
    }
    let data = desk.data(query, json!({"id": product})).await;
    assert_eq!(data["productDelete"]["userErrors"].as_array().unwrap().len(), 1);
}
