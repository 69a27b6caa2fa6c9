//! Products. Each has at least one variant; handles are unique.

use serde_json::{Value, json};

use super::metafields::{self, identified};
use super::perform::{Caller, Outcome, Refusal, coded, input, payload, users};
use super::tags::sorted;
use super::variants;
use crate::kit::decimals::{Object, items_of, text_of};
use crate::shopify::keys;
use crate::shopify::store::{Shop, gid};

pub(super) fn create(shop: &mut Shop, caller: &Caller, args: &Object) -> Outcome {
    let fields = input(args, "product");
    let gid = insert(shop, &fields)?;
    let values = first_values(items_of(&fields, "productOptions"));
    variants::insert(shop, &gid, &variants::with_options(&values))?;
    keys::count_create(shop, caller, &gid);
    shop.tell("PRODUCTS_CREATE", &gid);
    Ok(payload("product", gid))
}

/// The first value of each option: those of the variant a new product starts with.
fn first_values(options: &[Value]) -> Vec<(String, String)> {
    let first = |option: &Value| {
        let name = option["name"].as_str().unwrap_or("Title").to_owned();
        (name, option["values"][0]["name"].as_str().unwrap_or("Default Title").to_owned())
    };
    options.iter().map(first).collect()
}

/// Stores a new product without variants; answers its global id.
fn insert(shop: &mut Shop, fields: &Object) -> Result<String, Refusal> {
    if text_of(fields, "title").trim().is_empty() {
        return Err(coded("title", "INVALID_INPUT", "Title can't be blank"));
    }
    let handle = free_handle(shop, None, fields)?;
    metafields::check(shop, "Product", None, fields)?;
    let now = shop.now();
    let options = options(shop, items_of(fields, "productOptions"));
    let mut body: Object = match json!({
        "descriptionHtml": "", "vendor": text_of(shop.info(), "name"), "productType": "", "status": "ACTIVE",
        "tags": [], "publishedAt": now, "options": options, "variants": [],
    }) {
        Value::Object(body) => body,
        _ => Object::new(),
    };
    body.extend(shaped(fields));
    body.insert("handle".into(), json!(handle));
    let gid = shop.insert("Product", body);
    metafields::put(shop, &gid, items_of(fields, "metafields"));
    Ok(gid)
}

fn options(shop: &mut Shop, given: &[Value]) -> Value {
    let title = [json!({"name": "Title", "values": [{"name": "Default Title"}]})];
    let given = if given.is_empty() { &title } else { given };
    let mut options = Vec::new();
    for (index, option) in given.iter().enumerate() {
        let values: Vec<String> = option["values"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|value| value["name"].as_str().map(str::to_owned))
            .collect();
        let value = |name: &String| json!({"id": gid("ProductOptionValue", shop.next_number()), "name": name, "hasVariants": true});
        let listed: Vec<Value> = values.iter().map(value).collect();
        options.push(json!({
            "id": gid("ProductOption", shop.next_number()), "name": option["name"], "position": index + 1,
            "values": values, "optionValues": listed,
        }));
    }
    Value::Array(options)
}

/// Fields as they are stored: without those that are kept elsewhere.
fn shaped(fields: &Object) -> Object {
    let mut fields = fields.clone();
    for name in ["id", "metafields", "productOptions", "variants", "redirectNewHandle"] {
        fields.remove(name);
    }
    if fields.contains_key("tags") {
        let tags = sorted(items_of(&fields, "tags"));
        fields.insert("tags".into(), tags);
    }
    fields
}

/// The handle given, when it is free; else one made from the title.
fn free_handle(shop: &Shop, own: Option<&str>, fields: &Object) -> Result<String, Refusal> {
    let is_free = |handle: &str| {
        shop.with("Product", "handle", handle).is_none_or(|holder| Some(holder.as_str()) == own)
    };
    let given = text_of(fields, "handle");
    if !given.is_empty() {
        if is_free(given) {
            return Ok(given.to_lowercase());
        }
        let message = format!("Handle '{given}' already in use. Please provide a new handle.");
        return Err(coded("input.handle", "HANDLE_NOT_UNIQUE", message));
    }
    let letters = text_of(fields, "title").to_lowercase();
    let words = letters.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let base = words.collect::<Vec<_>>().join("-");
    let mut handles = std::iter::once(base.clone()).chain((1..).map(|number| format!("{base}-{number}")));
    Ok(handles.find(|handle| is_free(handle)).unwrap_or(base))
}

pub(super) fn update(shop: &mut Shop, args: &Object) -> Outcome {
    let fields = input(args, "product");
    let gid = text_of(&fields, "id").to_owned();
    change(shop, &gid, &fields)?;
    Ok(payload("product", gid))
}

fn change(shop: &mut Shop, gid: &str, fields: &Object) -> Result<(), Refusal> {
    if shop.body_of("Product", gid).is_none() {
        return Err(coded("id", "PRODUCT_DOES_NOT_EXIST", "Product does not exist"));
    }
    if fields.get("title").is_some_and(|title| title.as_str().is_none_or(|title| title.trim().is_empty())) {
        return Err(coded("title", "INVALID_INPUT", "Title can't be blank"));
    }
    if !text_of(fields, "handle").is_empty() {
        free_handle(shop, Some(gid), fields)?;
    }
    metafields::check(shop, "Product", Some(gid), fields)?;
    shop.merge(gid, shaped(fields));
    metafields::put(shop, gid, items_of(fields, "metafields"));
    shop.tally.note("updates");
    shop.tell("PRODUCTS_UPDATE", gid);
    Ok(())
}

/// Creates, or brings a product to exactly the state given: lists replace what was there.
pub(super) fn set(shop: &mut Shop, caller: &Caller, args: &Object) -> Outcome {
    if args.get("synchronous") == Some(&json!(false)) {
        return Err(users("synchronous", "not modelled by the simulator: asynchronous productSet"));
    }
    let fields = input(args, "input");
    let identifier = input(args, "identifier");
    metafields::require_unique(shop, "Product", &identifier)?;
    together(&fields)?;
    let found = match text_of(&fields, "id") {
        "" => identified(shop, "Product", &identifier),
        id => Some(id.to_owned()),
    };
    let existed = found.is_some();
    let gid = if let Some(gid) = found {
        change(shop, &gid, &fields)?;
        gid
    } else {
        insert_identified(shop, fields.clone(), &identifier)?
    };
    if fields.contains_key("variants") {
        if existed {
            let options = options(shop, items_of(&fields, "productOptions"));
            shop.merge(&gid, payload("options", options));
        }
        variants::replace(shop, &gid, items_of(&fields, "variants"))?;
    } else if !existed {
        variants::insert(shop, &gid, &variants::with_options(&[]))?;
    }
    if !existed {
        keys::count_create(shop, caller, &gid);
        shop.tell("PRODUCTS_CREATE", &gid);
    }
    Ok(payload("product", gid))
}

/// Options and variants are given together or not at all.
fn together(fields: &Object) -> Result<(), Refusal> {
    let (code, message) = match (fields.contains_key("productOptions"), fields.contains_key("variants")) {
        (false, true) => {
            ("PRODUCT_OPTIONS_INPUT_MISSING", "Product options input is required when updating variants")
        }
        (true, false) => {
            ("VARIANTS_INPUT_MISSING", "Variants input is required when updating product options")
        }
        _ => return Ok(()),
    };
    Err(coded("input", code, message))
}

/// A new product with what its identifier says.
fn insert_identified(shop: &mut Shop, mut fields: Object, identifier: &Object) -> Result<String, Refusal> {
    if let Some(handle) = identifier.get("handle") {
        fields.entry("handle").or_insert_with(|| handle.clone());
    }
    let gid = insert(shop, &fields)?;
    metafields::put_custom_id(shop, &gid, identifier);
    Ok(gid)
}

pub(super) fn delete(shop: &mut Shop, args: &Object) -> Outcome {
    remove(shop, text_of(&input(args, "input"), "id"))
}

/// Takes a product with its variants and their stock out.
pub(super) fn remove(shop: &mut Shop, gid: &str) -> Outcome {
    let body = shop.body_of("Product", gid).ok_or_else(|| users("id", "Product does not exist"))?;
    for variant in items_of(&body, "variants").iter().filter_map(Value::as_str) {
        variants::remove(shop, variant);
    }
    shop.remove(gid);
    shop.tally.note("deletes");
    shop.tell_gone("PRODUCTS_DELETE", gid);
    Ok(payload("deletedProductId", gid))
}
