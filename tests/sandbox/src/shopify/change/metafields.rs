//! Metafields by mutation, and objects found by the hub's own ids in them.

use serde_json::{Value, json};

use super::perform::{Outcome, Refusal, coded, input, payload, user};
use crate::kit::decimals::{Object, items_of, text_of};
use crate::shopify::store::{Shop, owner_type, split};

/// Metafields one mutation may set.
const MOST: usize = 25;
/// Types whose values can be unique.
const UNIQUE_TYPES: [&str; 4] = ["id", "single_line_text_field", "number_integer", "url"];

/// The namespace of a metafield; the app's own when absent.
fn namespace(fields: &Object) -> &str {
    match text_of(fields, "namespace") {
        "" => "$app",
        given => given,
    }
}

/// The object an identifier input names.
pub(crate) fn identified(shop: &Shop, kind: &str, identifier: &Object) -> Option<String> {
    let text = |name: &str| Some(text_of(identifier, name)).filter(|text| !text.is_empty());
    if let Some(gid) = text("id") {
        return shop.body_of(kind, gid).map(|_| gid.to_owned());
    }
    for (name, field) in [
        ("email", "email"),
        ("emailAddress", "email"),
        ("phone", "phone"),
        ("phoneNumber", "phone"),
        ("handle", "handle"),
    ] {
        if let Some(value) = text(name) {
            return shop.with(kind, field, value);
        }
    }
    let custom = identifier.get("customId")?.as_object()?;
    let (key, value) = (text_of(custom, "key"), text_of(custom, "value"));
    shop.owners_with(kind, (namespace(custom), key), value).into_iter().next()
}

/// A `customId` needs a definition with unique values.
pub(super) fn require_unique(shop: &Shop, kind: &str, identifier: &Object) -> Result<(), Refusal> {
    let Some(custom) = identifier.get("customId").and_then(Value::as_object) else { return Ok(()) };
    let owner = owner_type(kind).unwrap_or_default();
    if shop.is_unique(owner, namespace(custom), text_of(custom, "key")) {
        return Ok(());
    }
    let message = "The metafield definition of customId does not exist or its values are not unique.";
    Err(coded("identifier.customId", "METAFIELD_MISMATCH", message))
}

/// Stores the `customId` an object was created with.
pub(super) fn put_custom_id(shop: &mut Shop, gid: &str, identifier: &Object) {
    if let Some(custom) = identifier.get("customId").and_then(Value::as_object) {
        put(shop, gid, &[Value::Object(custom.clone())]);
    }
}

/// Checks metafields given with an object.
pub(super) fn check(shop: &Shop, kind: &str, own: Option<&str>, fields: &Object) -> Result<(), Refusal> {
    for (index, given) in items_of(fields, "metafields").iter().enumerate() {
        let Some(given) = given.as_object() else { continue };
        fault(shop, kind, own, given).map_or(Ok(()), |(code, message)| {
            Err(coded(&format!("input.metafields.{index}.value"), code, message))
        })?;
    }
    Ok(())
}

fn fault(shop: &Shop, kind: &str, own: Option<&str>, given: &Object) -> Option<(&'static str, &'static str)> {
    let Some(owner) = owner_type(kind) else {
        return Some(("APP_NOT_AUTHORIZED", "Owner cannot have metafields"));
    };
    let (namespace, key, value) = (namespace(given), text_of(given, "key"), text_of(given, "value"));
    if key.is_empty() || value.is_empty() {
        return Some(("BLANK", "Key and value can't be blank"));
    }
    let is_defined = shop.definition(owner, namespace, key).is_some();
    let is_there = own.is_some_and(|own| shop.metafield_of(own, namespace, key).is_some());
    if text_of(given, "type").is_empty() && !is_defined && !is_there {
        return Some(("BLANK", "Type can't be blank"));
    }
    let is_taken = shop.is_unique(owner, namespace, key)
        && shop.owners_with(kind, (namespace, key), value).iter().any(|holder| Some(holder.as_str()) != own);
    is_taken.then_some(("CAPABILITY_VIOLATION", "Value has already been taken"))
}

/// Stores metafields that were found right.
pub(super) fn put(shop: &mut Shop, owner: &str, given: &[Value]) -> Vec<String> {
    let mut stored = Vec::new();
    for given in given.iter().filter_map(Value::as_object) {
        let mut fields = given.clone();
        let own = namespace(given).to_owned();
        for name in ["ownerId", "compareDigest"] {
            fields.remove(name);
        }
        fields.insert("namespace".into(), json!(own));
        if text_of(&fields, "type").is_empty() {
            let kind = split(owner).and_then(|(kind, _)| owner_type(kind)).unwrap_or_default();
            let definition =
                shop.definition(kind, &own, text_of(&fields, "key")).and_then(|gid| shop.body(&gid));
            let defined = definition.map(|body| text_of(&body, "type").to_owned());
            fields.insert("type".into(), json!(defined.unwrap_or("single_line_text_field".into())));
        }
        stored.extend(shop.set_metafield(owner, &fields));
    }
    stored
}

/// `metafieldsSet`: all or none.
pub(super) fn set(shop: &mut Shop, args: &Object) -> Outcome {
    let given = items_of(args, "metafields").to_vec();
    if given.len() > MOST {
        return Err(coded(
            "metafields",
            "LESS_THAN_OR_EQUAL_TO",
            format!("Exceeded the maximum of {MOST} metafields"),
        ));
    }
    let mut errors = Vec::new();
    for (index, one) in given.iter().enumerate() {
        let Some(one) = one.as_object() else { continue };
        if let Some((code, message)) = objection(shop, one) {
            let mut error = user(&format!("metafields.{index}"), message);
            error["code"] = json!(code);
            error["elementIndex"] = json!(index);
            errors.push(error);
        }
    }
    if !errors.is_empty() {
        return Err(Refusal::Users(errors));
    }
    let mut stored = Vec::new();
    for one in &given {
        let owner = one["ownerId"].as_str().unwrap_or_default().to_owned();
        stored.extend(put(shop, &owner, std::slice::from_ref(one)));
        touch(shop, &owner);
    }
    Ok(payload("metafields", stored))
}

/// The owner's change time moves too.
fn touch(shop: &mut Shop, owner: &str) {
    shop.merge(owner, Object::new());
    let topic = match split(owner).map(|(kind, _)| kind) {
        Some("Order") => "ORDERS_UPDATED",
        Some("Customer") => "CUSTOMERS_UPDATE",
        Some("Product") => "PRODUCTS_UPDATE",
        Some("Company") => "COMPANIES_UPDATE",
        _ => return,
    };
    shop.tell(topic, owner);
}

fn objection(shop: &Shop, one: &Object) -> Option<(&'static str, &'static str)> {
    let owner = text_of(one, "ownerId");
    let Some(kind) = split(owner).map(|(kind, _)| kind).filter(|_| shop.body(owner).is_some()) else {
        return Some(("INVALID_VALUE", "Owner does not exist"));
    };
    if let Some(wanted) = one.get("compareDigest") {
        let own =
            shop.metafield_of(owner, namespace(one), text_of(one, "key")).and_then(|gid| shop.body(&gid));
        let digest = own.map_or(Value::Null, |body| Shop::digest(&body));
        if digest != *wanted {
            return Some(("STALE_OBJECT", "The resource has been updated since it was loaded"));
        }
    }
    fault(shop, kind, Some(owner), one)
}

/// `metafieldDefinitionCreate`.
pub(super) fn define(shop: &mut Shop, args: &Object) -> Outcome {
    let given = input(args, "definition");
    let own = namespace(&given).to_owned();
    let (owner, key) = (text_of(&given, "ownerType"), text_of(&given, "key"));
    if shop.definition(owner, &own, key).is_some() {
        return Err(coded("definition.key", "TAKEN", "Key is in use for this owner type and namespace"));
    }
    let unique = given.get("capabilities").is_some_and(|own| own["uniqueValues"]["enabled"] == true);
    let can_be_unique = UNIQUE_TYPES.contains(&text_of(&given, "type"));
    if unique && !can_be_unique {
        return Err(coded(
            "definition.capabilities",
            "INVALID_CAPABILITY",
            "The type cannot have unique values",
        ));
    }
    let mut body = given.clone();
    body.insert("namespace".into(), json!(own));
    body.insert(
        "capabilities".into(),
        json!({"uniqueValues": {"enabled": unique, "eligible": can_be_unique}}),
    );
    Ok(payload("createdDefinition", shop.insert("MetafieldDefinition", body)))
}
