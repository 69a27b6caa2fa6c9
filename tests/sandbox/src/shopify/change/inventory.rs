//! Stock: set or adjusted per item and location, all entries or none.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::perform::{Caller, Outcome, Refusal, coded, input, payload};
use super::variants::level_at;
use crate::kit::decimals::{Object, items_of, text_of};
use crate::shopify::graph::problem::Problem;
use crate::shopify::store::{Shop, gid};

const REASONS: [&str; 17] = [
    "correction",
    "cycle_count_available",
    "damaged",
    "movement_canceled",
    "movement_created",
    "movement_received",
    "movement_updated",
    "other",
    "promotion",
    "quality_control",
    "received",
    "reservation_created",
    "reservation_deleted",
    "reservation_updated",
    "restock",
    "safety_stock",
    "shrinkage",
];
/// The first version whose entries must say what quantity they change from.
const CHANGE_FROM_SINCE: &str = "2026-04";
const LARGEST: i64 = 1_000_000_000;

/// One entry that was found right.
struct Move {
    level: String,
    delta: i64,
}

pub(super) fn set(shop: &mut Shop, caller: &Caller, args: &Object) -> Outcome {
    let input = input(args, "input");
    let ignores = input.get("ignoreCompareQuantity") == Some(&json!(true));
    let mut seen = BTreeSet::new();
    let entries = items_of(&input, "quantities").to_vec();
    apply(shop, &input, &["available", "on_hand"], |shop, name| {
        let mut moves = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            let field = |name: &str| format!("input.quantities.{index}.{name}");
            let (level, own) = found(shop, entry, (name, index, "quantities"))?;
            if !seen.insert(level.clone()) {
                let code = "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR";
                return Err(coded(
                    &field("locationId"),
                    code,
                    "The combination of inventoryItemId and locationId must be unique",
                ));
            }
            let wanted = entry["quantity"].as_i64().unwrap_or(0);
            if wanted < 0 {
                return Err(coded(
                    &field("quantity"),
                    "INVALID_QUANTITY_NEGATIVE",
                    "The quantity can't be negative",
                ));
            }
            if wanted > LARGEST {
                return Err(coded(
                    &field("quantity"),
                    "INVALID_QUANTITY_TOO_HIGH",
                    "The quantity can't be higher than 1,000,000,000",
                ));
            }
            compared(caller, entry, own, (ignores, index))?;
            moves.push(Move { level, delta: wanted - own });
        }
        Ok(moves)
    })
}

pub(super) fn adjust(shop: &mut Shop, caller: &Caller, args: &Object) -> Outcome {
    let input = input(args, "input");
    let entries = items_of(&input, "changes").to_vec();
    apply(
        shop,
        &input,
        &["available", "incoming", "reserved", "damaged", "quality_control", "safety_stock"],
        |shop, name| {
            let mut moves = Vec::new();
            for (index, entry) in entries.iter().enumerate() {
                let (level, own) = found(shop, entry, (name, index, "changes"))?;
                changed_from(caller, entry, own, (index, "changes"))?;
                moves.push(Move { level, delta: entry["delta"].as_i64().unwrap_or(0) });
            }
            Ok(moves)
        },
    )
}

/// The level an entry means and its quantity now.
fn found(
    shop: &Shop,
    entry: &Value,
    (name, index, list): (&str, usize, &str),
) -> Result<(String, i64), Refusal> {
    let (item, location) = (
        entry["inventoryItemId"].as_str().unwrap_or_default(),
        entry["locationId"].as_str().unwrap_or_default(),
    );
    if shop.body_of("InventoryItem", item).is_none() {
        let field = format!("input.{list}.{index}.inventoryItemId");
        return Err(coded(
            &field,
            "INVALID_INVENTORY_ITEM",
            "The specified inventory item could not be found.",
        ));
    }
    if shop.body_of("Location", location).is_none() {
        let field = format!("input.{list}.{index}.locationId");
        return Err(coded(&field, "INVALID_LOCATION", "The specified location could not be found."));
    }
    let Some(level) = level_at(shop, item, location) else {
        let field = format!("input.{list}.{index}.locationId");
        let message = "The specified inventory item is not stocked at the location.";
        return Err(coded(&field, "ITEM_NOT_STOCKED_AT_LOCATION", message));
    };
    let own = shop.body(&level).and_then(|body| body.get("stock")?[name].as_i64()).unwrap_or(0);
    Ok((level, own))
}

/// Compare-and-set as each version wants it.
fn compared(
    caller: &Caller,
    entry: &Value,
    own: i64,
    (ignores, index): (bool, usize),
) -> Result<(), Refusal> {
    let has_new = entry.get("changeFromQuantity").is_some();
    if has_new || caller.version.as_str() >= CHANGE_FROM_SINCE || caller.by_hand {
        return changed_from(caller, entry, own, (index, "quantities"));
    }
    if ignores {
        return Ok(());
    }
    let field = format!("input.quantities.{index}.compareQuantity");
    match entry["compareQuantity"].as_i64() {
        None => Err(coded(
            &field,
            "COMPARE_QUANTITY_REQUIRED",
            "The compareQuantity argument must be given to each quantity or ignored using ignoreCompareQuantity.",
        )),
        Some(expected) if expected != own => Err(coded(
            &field,
            "COMPARE_QUANTITY_STALE",
            "The compareQuantity argument no longer matches the persisted quantity.",
        )),
        Some(_) => Ok(()),
    }
}

fn changed_from(
    caller: &Caller,
    entry: &Value,
    own: i64,
    (index, list): (usize, &str),
) -> Result<(), Refusal> {
    match entry.get("changeFromQuantity") {
        None if caller.version.as_str() >= CHANGE_FROM_SINCE && !caller.by_hand => {
            let message = "The changeFromQuantity argument is required; pass null to skip the comparison.";
            Err(Refusal::Top(Problem::coded("BAD_REQUEST", message)))
        }
        None | Some(Value::Null) => Ok(()),
        Some(expected) if expected.as_i64() == Some(own) => Ok(()),
        Some(_) => {
            let field = format!("input.{list}.{index}.changeFromQuantity");
            let message = "The changeFromQuantity argument no longer matches the persisted quantity.";
            Err(coded(&field, "CHANGE_FROM_QUANTITY_STALE", message))
        }
    }
}

/// Checks name and reason, then makes all moves.
fn apply(
    shop: &mut Shop,
    input: &Object,
    names: &[&str],
    moves: impl FnOnce(&Shop, &str) -> Result<Vec<Move>, Refusal>,
) -> Outcome {
    let (name, reason) = (text_of(input, "name").to_owned(), text_of(input, "reason"));
    if !names.contains(&name.as_str()) {
        let message = format!("The quantity name must be one of {}.", names.join(", "));
        return Err(coded("input.name", "INVALID_NAME", message));
    }
    if !REASONS.contains(&reason) {
        return Err(coded("input.reason", "INVALID_REASON", "The specified reason is invalid."));
    }
    let moves = moves(shop, &name)?;
    let mut changes = Vec::new();
    for Move { level, delta } in moves.into_iter().filter(|one| one.delta != 0) {
        changes.push(shift(shop, &level, &name, delta));
    }
    if changes.is_empty() {
        return Ok(payload("inventoryAdjustmentGroup", Value::Null));
    }
    shop.tally.note("updates");
    let group = json!({
        "id": gid("InventoryAdjustmentGroup", shop.next_number()),
        "reason": reason,
        "referenceDocumentUri": input.get("referenceDocumentUri"),
        "changes": changes,
        "createdAt": shop.now(),
    });
    Ok(payload("inventoryAdjustmentGroup", group))
}

/// Changes one quantity; what is available is also on hand.
pub(super) fn shift(shop: &mut Shop, level: &str, name: &str, delta: i64) -> Value {
    let mut after = 0;
    shop.change(level, |body| {
        let Some(stock) = body.get_mut("stock") else { return };
        let add = |stock: &mut Value, name: &str| {
            let sum = stock[name].as_i64().unwrap_or(0) + delta;
            stock[name] = json!(sum);
            sum
        };
        after = add(stock, name);
        match name {
            "available" => {
                add(stock, "on_hand");
            }
            "on_hand" => {
                add(stock, "available");
            }
            _ => {}
        }
    });
    shop.tell("INVENTORY_LEVELS_UPDATE", level);
    let body = shop.body(level);
    let text = |field: &str| body.as_ref().map(|body| text_of(body, field).to_owned());
    json!({"name": name, "delta": delta, "quantityAfterChange": after, "item": text("item"), "location": text("location")})
}
