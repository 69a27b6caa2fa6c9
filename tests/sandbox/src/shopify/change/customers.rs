//! Customers. Email and phone are each unique in the shop.

use serde_json::{Value, json};

use super::addresses::address;
use super::metafields::{self, identified};
use super::perform::{Caller, Outcome, Refusal, coded, input, payload, users};
use super::tags::sorted;
use crate::kit::decimals::{Object, items_of, text_of};
use crate::shopify::keys;
use crate::shopify::store::{Shop, split};

pub(super) fn create(shop: &mut Shop, caller: &Caller, args: &Object) -> Outcome {
    let mut fields = input(args, "input");
    if fields.contains_key("id") {
        return Err(users("id", "Cannot specify ID on creation"));
    }
    insert(shop, caller, &mut fields).map(|gid| payload("customer", gid))
}

/// Stores a new customer; answers its global id.
pub(super) fn insert(shop: &mut Shop, caller: &Caller, fields: &mut Object) -> Result<String, Refusal> {
    let named = ["email", "phone", "firstName", "lastName"];
    if named.iter().all(|name| text_of(fields, name).is_empty()) {
        return Err(users("", "A name, phone number, or email address must be present"));
    }
    check(shop, None, fields)?;
    metafields::check(shop, "Customer", None, fields)?;
    let mut body = Object::new();
    for (name, value) in [
        ("tags", json!([])),
        ("addresses", json!([])),
        ("locale", json!("en")),
        ("state", json!("DISABLED")),
        ("taxExempt", json!(false)),
        ("verifiedEmail", json!(true)),
    ] {
        body.insert(name.to_owned(), value);
    }
    let (fields, metafields) = shaped(shop, fields);
    body.extend(fields);
    let gid = shop.insert("Customer", body);
    metafields::put(shop, &gid, &metafields);
    keys::count_create(shop, caller, &gid);
    shop.tell("CUSTOMERS_CREATE", &gid);
    Ok(gid)
}

pub(super) fn update(shop: &mut Shop, args: &Object) -> Outcome {
    let fields = input(args, "input");
    let gid = text_of(&fields, "id").to_owned();
    save(shop, &gid, &fields).map(|()| payload("customer", gid))
}

fn save(shop: &mut Shop, gid: &str, fields: &Object) -> Result<(), Refusal> {
    if shop.body_of("Customer", gid).is_none() {
        return Err(users("id", "Customer does not exist"));
    }
    check(shop, Some(gid), fields)?;
    metafields::check(shop, "Customer", Some(gid), fields)?;
    let (mut fields, metafields) = shaped(shop, fields);
    fields.remove("id");
    shop.merge(gid, fields);
    metafields::put(shop, gid, &metafields);
    shop.tally.note("updates");
    shop.tell("CUSTOMERS_UPDATE", gid);
    Ok(())
}

/// Finds by identifier and changes, or creates.
pub(super) fn set(shop: &mut Shop, caller: &Caller, args: &Object) -> Outcome {
    let mut fields = input(args, "input");
    let identifier = input(args, "identifier");
    let own = fields.remove("id").filter(Value::is_string);
    if own.is_some() && !identifier.is_empty() {
        return Err(coded(
            "input.id",
            "ID_NOT_ALLOWED",
            "The id field is not allowed if identifier is provided.",
        ));
    }
    metafields::require_unique(shop, "Customer", &identifier)?;
    let found = match &own {
        Some(id) => Some(id.as_str().unwrap_or_default().to_owned()),
        None => identified(shop, "Customer", &identifier),
    };
    if let Some(gid) = found {
        return save(shop, &gid, &fields).map(|()| payload("customer", gid));
    }
    if identifier.contains_key("id") {
        return Err(coded("identifier.id", "NOT_FOUND", "Resource matching the identifier was not found."));
    }
    for (from, to) in [("email", "email"), ("phone", "phone")] {
        if let Some(value) = identifier.get(from) {
            fields.entry(to).or_insert_with(|| value.clone());
        }
    }
    let gid = insert(shop, caller, &mut fields)?;
    metafields::put_custom_id(shop, &gid, &identifier);
    Ok(payload("customer", gid))
}

pub(super) fn delete(shop: &mut Shop, args: &Object) -> Outcome {
    let gid = text_of(&input(args, "input"), "id").to_owned();
    let is_customer = split(&gid).is_some_and(|(kind, _)| kind == "Customer");
    if !is_customer || shop.body(&gid).is_none() {
        return Err(users("id", "Customer can't be found"));
    }
    if shop.orders_of.get(&gid).is_some_and(|orders| !orders.is_empty()) {
        return Err(users("id", "Customer can't be deleted because they have associated orders"));
    }
    shop.remove(&gid);
    shop.tally.note("deletes");
    shop.tell_gone("CUSTOMERS_DELETE", &gid);
    Ok(payload("deletedCustomerId", gid))
}

fn check(shop: &Shop, own: Option<&str>, fields: &Object) -> Result<(), Refusal> {
    let email = text_of(fields, "email");
    let is_email = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    if !email.is_empty() && !is_email {
        return Err(coded("input.email", "INVALID", "Email is invalid"));
    }
    let phone = text_of(fields, "phone");
    let digits = phone.bytes().filter(u8::is_ascii_digit).count();
    let is_phone = phone.starts_with('+') && (8..=15).contains(&digits);
    if !phone.is_empty() && !is_phone {
        return Err(coded("input.phone", "INVALID", "Phone is invalid"));
    }
    for (name, value, message) in
        [("email", email, "Email has already been taken"), ("phone", phone, "Phone has already been taken")]
    {
        let holder = shop.with("Customer", name, value).filter(|_| !value.is_empty());
        if holder.is_some_and(|holder| Some(holder.as_str()) != own) {
            return Err(coded(&format!("input.{name}"), "TAKEN", message));
        }
    }
    Ok(())
}

/// Fields as they are stored, and the metafields given with them.
fn shaped(shop: &mut Shop, fields: &Object) -> (Object, Vec<Value>) {
    let mut fields = fields.clone();
    let metafields = items_of(&fields, "metafields").to_vec();
    fields.remove("metafields");
    if fields.contains_key("tags") {
        let tags = sorted(items_of(&fields, "tags"));
        fields.insert("tags".into(), tags);
    }
    if fields.contains_key("addresses") {
        let given = items_of(&fields, "addresses").to_vec();
        let addresses: Vec<Value> = given.iter().map(|given| address(shop, given)).collect();
        fields.insert("addresses".into(), json!(addresses));
    }
    // Empty text clears.
    for value in fields.values_mut() {
        if value == "" {
            *value = Value::Null;
        }
    }
    (fields, metafields)
}
