//! Which mutation does what, and how refusals look.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    bulk, companies, customers, drafts, fulfilments, idempotent, inventory, metafields, orders, payments,
    products, refunds, subscriptions, tags, variants,
};
use crate::kit::decimals::Object;
use crate::shopify::graph::problem::Problem;
use crate::shopify::graph::schema::Schema;
use crate::shopify::store::{Shop, split};

/// Longest array an argument may hold (fact sheet, "Pagination").
const LONGEST: usize = 250;

/// Who asks for a mutation, under which version.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) schema: Arc<Schema>,
    /// The version in force, not the one asked for.
    pub(crate) version: String,
    /// `http://host`, where files are fetched.
    pub(crate) base_url: String,
    /// How long a bulk operation runs, in milliseconds.
    pub(crate) bulk_ms: u64,
    /// Scopes of the caller's token: a bulk operation reads with them.
    pub(crate) scopes: Vec<String>,
    /// A merchant in the user interface: not one of the caller's creates.
    pub(crate) by_hand: bool,
}

/// Why a mutation was not done.
#[derive(Clone, Debug)]
pub(crate) enum Refusal {
    /// In `userErrors`.
    Users(Vec<Value>),
    /// At the top of the answer.
    Top(Problem),
}

/// The fields of a payload apart from `userErrors`, or why there are none.
pub(super) type Outcome = Result<Object, Refusal>;

/// One user error. `field` is the path below the arguments, written with dots; empty for none.
pub(crate) fn users(field: &str, message: impl Into<String>) -> Refusal {
    Refusal::Users(vec![user(field, message)])
}

/// One user error with a code.
pub(super) fn coded(field: &str, code: &str, message: impl Into<String>) -> Refusal {
    let mut error = user(field, message);
    error["code"] = json!(code);
    Refusal::Users(vec![error])
}

pub(super) fn user(field: &str, message: impl Into<String>) -> Value {
    let path: Option<Vec<&str>> = (!field.is_empty()).then(|| field.split('.').collect());
    json!({"field": path, "message": message.into(), "code": null})
}

/// A payload with one object in it.
pub(super) fn payload(name: &str, value: impl Into<Value>) -> Object {
    Object::from_iter([(name.to_owned(), value.into())])
}

/// The object of an argument; empty when it is absent.
pub(super) fn input(args: &Object, name: &str) -> Object {
    args.get(name).and_then(Value::as_object).cloned().unwrap_or_default()
}

/// Does a mutation; answers its payload with the user errors in it.
pub(crate) fn mutate(
    shop: &mut Shop,
    caller: &Caller,
    (name, args): (&str, &Object),
    key: Option<&str>,
) -> Result<Object, Problem> {
    let longest = args.values().map(longest).max().unwrap_or(0);
    if longest > LONGEST {
        let message =
            format!("The input array size of {longest} is greater than the maximum allowed of {LONGEST}.");
        return Err(Problem::coded("MAX_INPUT_SIZE_EXCEEDED", message));
    }
    let done = idempotent::once(shop, caller, (name, args), key, perform);
    let errors = if name == "orderCancel" { "orderCancelUserErrors" } else { "userErrors" };
    let mut payload = match done {
        Ok(payload) => payload,
        Err(Refusal::Users(problems)) => payload(errors, problems),
        Err(Refusal::Top(problem)) => return Err(problem),
    };
    for errors in ["userErrors", errors] {
        payload.entry(errors).or_insert_with(|| json!([]));
    }
    Ok(payload)
}

fn longest(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(longest).max().unwrap_or(0).max(items.len()),
        Value::Object(fields) => fields.values().map(longest).max().unwrap_or(0),
        _ => 0,
    }
}

/// The table of mutations.
fn perform(shop: &mut Shop, caller: &Caller, name: &str, args: &Object) -> Outcome {
    match name {
        "customerCreate" => customers::create(shop, caller, args),
        "customerUpdate" => customers::update(shop, args),
        "customerSet" => customers::set(shop, caller, args),
        "customerDelete" => customers::delete(shop, args),
        "productCreate" => products::create(shop, caller, args),
        "productUpdate" => products::update(shop, args),
        "productSet" => products::set(shop, caller, args),
        "productDelete" => products::delete(shop, args),
        "productVariantsBulkCreate" => variants::bulk_create(shop, args),
        "productVariantsBulkUpdate" => variants::bulk_update(shop, args),
        "inventoryItemUpdate" => variants::update_item(shop, args),
        "inventorySetQuantities" => inventory::set(shop, caller, args),
        "inventoryAdjustQuantities" => inventory::adjust(shop, caller, args),
        "refundCreate" => refunds::create(shop, caller, args),
        "metafieldsSet" => metafields::set(shop, args),
        "metafieldDefinitionCreate" => metafields::define(shop, args),
        "tagsAdd" => tags::change(shop, args, true),
        "tagsRemove" => tags::change(shop, args, false),
        "bulkOperationRunQuery" => bulk::run_query(shop, caller, args),
        "bulkOperationCancel" => bulk::cancel(shop, args),
        _ if name.starts_with("order") => ordered(shop, caller, name, args),
        _ if name.starts_with("webhookSubscription") => subscriptions::perform(shop, caller, name, args),
        _ if name.starts_with("draftOrder") => drafts::perform(shop, caller, name, args),
        _ if name.starts_with("fulfillment") => fulfilments::perform(shop, name, args),
        _ => companies::perform(shop, caller, name, args),
    }
}

fn ordered(shop: &mut Shop, caller: &Caller, name: &str, args: &Object) -> Outcome {
    match name {
        "orderCreate" => orders::create(shop, caller, args),
        "orderUpdate" => orders::update(shop, args),
        "orderCancel" => payments::cancel(shop, args),
        "orderMarkAsPaid" => payments::mark_paid(shop, args),
        "orderOpen" => orders::set_closed(shop, args, false),
        _ => orders::set_closed(shop, args, true),
    }
}

/// Deletes an object in the user interface.
pub(crate) fn by_hand_delete(shop: &mut Shop, gid: &str) -> Outcome {
    let topic = match split(gid).map(|(kind, _)| kind) {
        Some("Customer") => "CUSTOMERS_DELETE",
        Some("Product") => return products::remove(shop, gid),
        Some("Order") => "ORDERS_DELETE",
        Some("DraftOrder") => "DRAFT_ORDERS_DELETE",
        Some("Company") => "COMPANIES_DELETE",
        _ => {
            return Err(users("id", "Only customers, products, orders, drafts and companies can be deleted"));
        }
    };
    shop.remove(gid).ok_or_else(|| users("id", "It does not exist"))?;
    shop.tally.note("deletes");
    shop.tell_gone(topic, gid);
    Ok(payload("deletedId", gid))
}
