//! Addresses: from the input's shape to the object's.

use serde_json::{Value, json};

use crate::kit::decimals::{Object, text_of};
use crate::shopify::store::{Shop, gid};

/// A stored address; `null` stays null.
pub(super) fn address(shop: &mut Shop, input: &Value) -> Value {
    let Value::Object(input) = input else { return Value::Null };
    let mut address: Object = input.clone();
    let code = address.remove("countryCode").unwrap_or_default();
    let name = format!("{} {}", text_of(input, "firstName"), text_of(input, "lastName"));
    let name = name.trim();
    address.insert("name".into(), if name.is_empty() { Value::Null } else { json!(name) });
    address.insert("country".into(), code.clone());
    address.insert("countryCodeV2".into(), code);
    address.insert("province".into(), input.get("provinceCode").cloned().unwrap_or_default());
    address.insert("id".into(), json!(gid("MailingAddress", shop.next_number())));
    Value::Object(address)
}

/// Replaces the named address inputs of an object by addresses.
pub(super) fn place(shop: &mut Shop, fields: &mut Object, names: &[&str]) {
    for name in names {
        if let Some(given) = fields.get(*name).cloned() {
            let address = address(shop, &given);
            fields.insert((*name).to_owned(), address);
        }
    }
}
