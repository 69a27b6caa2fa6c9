//! Fields that are worked out when they are read.

use std::sync::Arc;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::kit::decimals::{Object, items_of, parse, text_of};
use crate::shopify::store::{Shop, split};

/// The raw value of a field; `None` when the stored one counts.
pub(super) fn computed(shop: &Shop, of: &str, body: &Object, field: &str, args: &Object) -> Option<Value> {
    let own = text_of(body, "id");
    Some(match (of, field) {
        (_, "legacyResourceId") => json!(split(own).map(|(_, id)| id.to_string())),
        (_, "metafield") => {
            let namespace = named(args, "namespace");
            json!(shop.metafield_of(own, namespace, text_of(args, "key")))
        }
        (_, "metafields") => metafields(shop, own, args),
        ("Metafield", "compareDigest") => Shop::digest(body),
        ("Metafield", "definition") => {
            let text = |name| text_of(body, name);
            json!(shop.definition(text("ownerType"), text("namespace"), text("key")))
        }
        ("Customer", _) => return customer(shop, body, field),
        ("Product", _) => return product(shop, body, field),
        ("ProductVariant", "sku") => item(shop, body)?.get("sku").cloned().unwrap_or_default(),
        ("ProductVariant", "inventoryQuantity") => json!(in_stock(shop, body)),
        ("ProductVariant", "displayName") => {
            let product = shop.body(text_of(body, "product"))?;
            json!(format!("{} - {}", text_of(&product, "title"), text_of(body, "title")))
        }
        ("InventoryItem", "inventoryLevel") => {
            let wanted = text_of(args, "locationId");
            let mut levels = items_of(body, "inventoryLevels").iter().filter_map(Value::as_str);
            json!(levels.find(|level| {
                shop.body(level).is_some_and(|level| text_of(&level, "location") == wanted)
            }))
        }
        ("InventoryLevel", "quantities") => quantities(body, args),
        ("Company", "orders") => json!([]),
        _ => return None,
    })
}

/// Metafields without a namespace belong to the app's own.
fn named<'a>(args: &'a Object, name: &str) -> &'a str {
    match text_of(args, name) {
        "" => "$app",
        given => given,
    }
}

fn metafields(shop: &Shop, owner: &str, args: &Object) -> Value {
    let mut all = shop.metafields_of(owner);
    let namespace = text_of(args, "namespace");
    let keys: Vec<&str> = items_of(args, "keys").iter().filter_map(Value::as_str).collect();
    all.retain(|gid| {
        let Some(body) = shop.body(gid) else { return false };
        let (own, key) = (text_of(&body, "namespace"), text_of(&body, "key"));
        let full = format!("{own}.{key}");
        (namespace.is_empty() || own == namespace)
            && (keys.is_empty() || keys.iter().any(|wanted| *wanted == full || *wanted == key))
    });
    json!(all)
}

fn customer(shop: &Shop, body: &Object, field: &str) -> Option<Value> {
    let orders = || shop.orders_of.get(text_of(body, "id")).map_or(&[][..], Vec::as_slice);
    Some(match field {
        "displayName" => {
            let name = format!("{} {}", text_of(body, "firstName"), text_of(body, "lastName"));
            let name = name.trim();
            json!(if name.is_empty() { text_of(body, "email") } else { name })
        }
        "defaultEmailAddress" => match text_of(body, "email") {
            "" => Value::Null,
            email => json!({"emailAddress": email, "marketingState": "NOT_SUBSCRIBED"}),
        },
        "defaultPhoneNumber" => match text_of(body, "phone") {
            "" => Value::Null,
            phone => json!({"phoneNumber": phone}),
        },
        "defaultAddress" => items_of(body, "addresses").first().cloned().unwrap_or_default(),
        "addressesV2" => json!(items_of(body, "addresses")),
        "orders" => json!(orders()),
        "numberOfOrders" => json!(orders().len().to_string()),
        "lastOrder" => json!(orders().last()),
        "amountSpent" => {
            let paid = |gid: &String| {
                let order = shop.body(gid)?;
                parse(order.get("totalReceivedSet")?["shopMoney"]["amount"].as_str()?)
            };
            let total: Decimal = orders().iter().filter_map(paid).sum();
            json!({"amount": total.to_string(), "currencyCode": shop.currency})
        }
        _ => return None,
    })
}

fn product(shop: &Shop, body: &Object, field: &str) -> Option<Value> {
    let variants = || items_of(body, "variants").iter().filter_map(Value::as_str);
    Some(match field {
        "description" => json!(without_tags(text_of(body, "descriptionHtml"))),
        "totalInventory" => {
            let stock = variants().filter_map(|gid| shop.body(gid)).map(|body| in_stock(shop, &body));
            json!(stock.sum::<i64>())
        }
        "hasOnlyDefaultVariant" => {
            let only = variants().filter_map(|gid| shop.body(gid));
            let titles: Vec<String> = only.map(|body| text_of(&body, "title").to_owned()).collect();
            json!(titles == ["Default Title"])
        }
        "variantsCount" => json!({"count": variants().count(), "precision": "EXACT"}),
        _ => return None,
    })
}

fn without_tags(html: &str) -> String {
    let mut inside = false;
    let mut text = String::new();
    for letter in html.chars() {
        match letter {
            '<' => inside = true,
            '>' => inside = false,
            _ if !inside => text.push(letter),
            _ => {}
        }
    }
    text
}

fn item(shop: &Shop, variant: &Object) -> Option<Arc<Object>> {
    shop.body(text_of(variant, "inventoryItem"))
}

/// Available stock of a variant over all locations.
pub(super) fn in_stock(shop: &Shop, variant: &Object) -> i64 {
    let Some(item) = item(shop, variant) else { return 0 };
    let levels = items_of(&item, "inventoryLevels").iter().filter_map(Value::as_str);
    let available = levels.filter_map(|gid| shop.body(gid)?.get("stock")?["available"].as_i64());
    available.sum()
}

fn quantities(body: &Object, args: &Object) -> Value {
    let level = split(text_of(body, "id")).map_or(0, |(_, id)| id);
    let names = items_of(args, "names").iter().filter_map(Value::as_str);
    let quantity = |name: &str| {
        let count = body.get("stock").and_then(|stock| stock[name].as_i64()).unwrap_or(0);
        json!({
            "id": format!("gid://shopify/InventoryQuantity/{level}?name={name}"),
            "name": name, "quantity": count, "updatedAt": body.get("updatedAt"),
        })
    };
    names.map(quantity).collect()
}
