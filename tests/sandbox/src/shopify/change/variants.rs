//! Variants of products, each with an inventory item and a stock level per location.

use serde_json::{Value, json};

use super::metafields;
use super::money::whole_cents;
use super::perform::{Outcome, Refusal, coded, input, payload, users};
use crate::kit::decimals::{Object, items_of, parse, text_of};
use crate::shopify::store::{Shop, gid};

/// The input of a variant with these option values.
pub(super) fn with_options(values: &[(String, String)]) -> Object {
    let values: Vec<Value> =
        values.iter().map(|(option, name)| json!({"optionName": option, "name": name})).collect();
    payload("optionValues", values)
}

/// Stores a new variant of a product; answers its global id.
pub(super) fn insert(shop: &mut Shop, product: &str, given: &Object) -> Result<String, Refusal> {
    metafields::check(shop, "ProductVariant", None, given)?;
    let item = Object::from_iter([
        ("tracked".to_owned(), json!(true)),
        ("requiresShipping".to_owned(), json!(true)),
        ("sku".to_owned(), json!("")),
        ("inventoryLevels".to_owned(), json!([])),
    ]);
    let item = shop.insert("InventoryItem", item);
    let siblings = shop.body(product).map_or(0, |body| items_of(&body, "variants").len());
    let selected = selected(given);
    let mut body = Object::from_iter([
        ("product".to_owned(), json!(product)),
        ("inventoryItem".to_owned(), json!(item)),
        ("price".to_owned(), json!("0.00")),
        ("position".to_owned(), json!(siblings + 1)),
        ("taxable".to_owned(), json!(true)),
        ("inventoryPolicy".to_owned(), json!("DENY")),
        ("selectedOptions".to_owned(), selected.clone()),
        ("title".to_owned(), json!(title(&selected))),
    ]);
    body.extend(shaped(given));
    let variant = shop.insert("ProductVariant", body);
    shop.merge(&item, payload("variant", json!(variant)));
    shop.change(product, |body| {
        let mut variants = items_of(body, "variants").to_vec();
        variants.push(json!(variant));
        body.insert("variants".into(), Value::Array(variants));
    });
    let places: Vec<u64> = shop.rows("Location").map(|(id, _)| id).collect();
    for place in places {
        level(shop, &item, &gid("Location", place));
    }
    shop.tell("INVENTORY_ITEMS_CREATE", &item);
    stock(shop, &item, given);
    metafields::put(shop, &variant, items_of(given, "metafields"));
    Ok(variant)
}

fn selected(given: &Object) -> Value {
    let option = |value: &Value| {
        let name = value["optionName"].as_str().or(value["optionId"].as_str()).unwrap_or("Title");
        json!({"name": name, "value": value["name"]})
    };
    let options: Vec<Value> = items_of(given, "optionValues").iter().map(option).collect();
    if options.is_empty() { json!([{"name": "Title", "value": "Default Title"}]) } else { json!(options) }
}

fn title(selected: &Value) -> String {
    let values = selected.as_array().into_iter().flatten().filter_map(|option| option["value"].as_str());
    values.collect::<Vec<_>>().join(" / ")
}

/// Fields as they are stored on the variant itself.
fn shaped(given: &Object) -> Object {
    let mut fields = given.clone();
    for name in ["id", "optionValues", "sku", "inventoryItem", "inventoryQuantities", "metafields"] {
        fields.remove(name);
    }
    for name in ["price", "compareAtPrice"] {
        if let Some(amount) = fields.get(name).and_then(Value::as_str).and_then(parse) {
            fields.insert(name.into(), json!(whole_cents(amount)));
        }
    }
    fields
}

/// The level of an item at a location, made when missing; answers its global id.
pub(super) fn level(shop: &mut Shop, item: &str, location: &str) -> String {
    if let Some(own) = level_at(shop, item, location) {
        return own;
    }
    let stock = json!({"available": 0, "on_hand": 0, "committed": 0, "incoming": 0, "reserved": 0});
    let body = Object::from_iter([
        ("item".to_owned(), json!(item)),
        ("location".to_owned(), json!(location)),
        ("stock".to_owned(), stock),
    ]);
    let level = shop.insert("InventoryLevel", body);
    shop.change(item, |body| {
        let mut levels = items_of(body, "inventoryLevels").to_vec();
        levels.push(json!(level));
        body.insert("inventoryLevels".into(), Value::Array(levels));
    });
    level
}

/// The level of an item at a location.
pub(super) fn level_at(shop: &Shop, item: &str, location: &str) -> Option<String> {
    let item = shop.body_of("InventoryItem", item)?;
    let mut levels = items_of(&item, "inventoryLevels").iter().filter_map(Value::as_str);
    let found =
        levels.find(|level| shop.body(level).is_some_and(|body| text_of(&body, "location") == location));
    found.map(str::to_owned)
}

/// SKU, cost and quantities, wherever the input has them.
fn stock(shop: &mut Shop, item: &str, given: &Object) {
    let mut fields = item_fields(shop, &input(given, "inventoryItem"));
    if let Some(sku) = given.get("sku") {
        fields.insert("sku".into(), sku.clone());
    }
    if !fields.is_empty() {
        shop.merge(item, fields);
    }
    for quantity in items_of(given, "inventoryQuantities") {
        let location = quantity["locationId"].as_str().unwrap_or_default().to_owned();
        let count = quantity["quantity"].as_i64().or(quantity["availableQuantity"].as_i64()).unwrap_or(0);
        let level = level(shop, item, &location);
        shop.change(&level, |body| {
            if let Some(stock) = body.get_mut("stock") {
                stock["available"] = json!(count);
                stock["on_hand"] = json!(count);
            }
        });
        shop.tell("INVENTORY_LEVELS_UPDATE", &level);
    }
}

fn item_fields(shop: &Shop, given: &Object) -> Object {
    let mut fields = given.clone();
    if let Some(cost) = fields.remove("cost") {
        fields.insert("unitCost".into(), json!({"amount": cost, "currencyCode": shop.currency}));
    }
    fields
}

/// `inventoryItemUpdate`.
pub(super) fn update_item(shop: &mut Shop, args: &Object) -> Outcome {
    let item = text_of(args, "id").to_owned();
    if shop.body_of("InventoryItem", &item).is_none() {
        return Err(users("id", "The inventory item could not be found"));
    }
    let fields = item_fields(shop, &input(args, "input"));
    shop.merge(&item, fields);
    shop.tally.note("updates");
    shop.tell("INVENTORY_ITEMS_UPDATE", &item);
    Ok(payload("inventoryItem", item))
}

/// Brings the variants of a product to exactly those given.
pub(super) fn replace(shop: &mut Shop, product: &str, given: &[Value]) -> Result<(), Refusal> {
    let body = shop.body(product).ok_or_else(|| users("id", "Product does not exist"))?;
    let own: Vec<String> =
        items_of(&body, "variants").iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let mut kept = Vec::new();
    for (index, one) in given.iter().enumerate() {
        let Some(one) = one.as_object() else { continue };
        let found = match text_of(one, "id") {
            "" => own.iter().find(|gid| is_same(shop, gid, one)).cloned(),
            id => Some(id.to_owned()),
        };
        match found {
            Some(id) if own.contains(&id) => {
                update(shop, &id, one)?;
                kept.push(id);
            }
            Some(_) => {
                let field = format!("input.variants.{index}.id");
                return Err(coded(
                    &field,
                    "PRODUCT_VARIANT_DOES_NOT_EXIST",
                    "Product variant does not exist",
                ));
            }
            None => kept.push(insert(shop, product, one)?),
        }
    }
    for gone in own.iter().filter(|gid| !kept.contains(gid)) {
        remove(shop, gone);
    }
    shop.merge(product, payload("variants", kept));
    Ok(())
}

/// Whether a stored variant has the option values of an input.
fn is_same(shop: &Shop, variant: &str, given: &Object) -> bool {
    let wanted = title(&selected(given));
    shop.body(variant).is_some_and(|body| text_of(&body, "title") == wanted)
}

fn update(shop: &mut Shop, variant: &str, given: &Object) -> Result<(), Refusal> {
    metafields::check(shop, "ProductVariant", Some(variant), given)?;
    let mut fields = shaped(given);
    if given.contains_key("optionValues") {
        let selected = selected(given);
        fields.insert("title".into(), json!(title(&selected)));
        fields.insert("selectedOptions".into(), selected);
    }
    shop.merge(variant, fields);
    let item = shop.body(variant).map(|body| text_of(&body, "inventoryItem").to_owned());
    stock(shop, &item.unwrap_or_default(), given);
    metafields::put(shop, variant, items_of(given, "metafields"));
    Ok(())
}

/// Takes a variant with its item and levels out.
pub(super) fn remove(shop: &mut Shop, variant: &str) {
    let Some(row) = shop.remove(variant) else { return };
    let item = text_of(&row.body, "inventoryItem");
    let levels = shop.body(item).map(|body| items_of(&body, "inventoryLevels").to_vec()).unwrap_or_default();
    for level in levels.iter().filter_map(Value::as_str) {
        shop.remove(level);
    }
    shop.remove(item);
    shop.tell_gone("INVENTORY_ITEMS_DELETE", item);
}

fn owned(shop: &Shop, args: &Object) -> Result<(String, Vec<Object>), Refusal> {
    let product = text_of(args, "productId").to_owned();
    if shop.body_of("Product", &product).is_none() {
        return Err(coded("productId", "PRODUCT_DOES_NOT_EXIST", "Product does not exist"));
    }
    let given = items_of(args, "variants").iter().filter_map(Value::as_object).cloned().collect();
    Ok((product, given))
}

fn finished(shop: &mut Shop, product: &str, variants: &[String]) -> Object {
    shop.merge(product, Object::new());
    shop.tally.note("updates");
    shop.tell("PRODUCTS_UPDATE", product);
    let mut payload = payload("product", product);
    payload.insert("productVariants".into(), json!(variants));
    payload
}

/// `productVariantsBulkCreate`.
pub(super) fn bulk_create(shop: &mut Shop, args: &Object) -> Outcome {
    let (product, given) = owned(shop, args)?;
    let mut made = Vec::new();
    for one in &given {
        made.push(insert(shop, &product, one)?);
    }
    Ok(finished(shop, &product, &made))
}

/// `productVariantsBulkUpdate`: all or none.
pub(super) fn bulk_update(shop: &mut Shop, args: &Object) -> Outcome {
    let (product, given) = owned(shop, args)?;
    for (index, one) in given.iter().enumerate() {
        let variant = shop.body_of("ProductVariant", text_of(one, "id"));
        if variant.is_none_or(|body| text_of(&body, "product") != product) {
            let field = format!("variants.{index}.id");
            return Err(coded(&field, "PRODUCT_VARIANT_DOES_NOT_EXIST", "Product variant does not exist"));
        }
    }
    let mut changed = Vec::new();
    for one in &given {
        let variant = text_of(one, "id").to_owned();
        update(shop, &variant, one)?;
        changed.push(variant);
    }
    Ok(finished(shop, &product, &changed))
}
