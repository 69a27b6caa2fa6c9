//! Business partners and items: their codes are the client's.

use serde_json::{Value, json};

use super::book::{Book, Key};
use super::kinds::{KINDS, Kind};
use super::refusal;
use crate::kit::Answer;
use crate::kit::decimals::{Object, text_of};

/// The key of a new one. Errors: no code, or one that is taken.
pub(super) fn key_of(book: &Book, kind: &Kind, sent: &Object) -> Result<Key, Answer> {
    if sent.get("Series").is_some_and(|series| !series.is_null()) {
        return Err(refusal::not_modelled("numbering series"));
    }
    let code = text_of(sent, kind.key);
    if code.is_empty() {
        return Err(refusal::business(&format!("Enter a valid code  [{}.{}]", kind.of, kind.key)));
    }
    let key = Key::Text(code.to_owned());
    match (book.get(kind, &key), kind.set) {
        (None, _) => Ok(key),
        (Some(_), "Items") => Err(refusal::duplicate_item()),
        (Some(_), _) => Err(refusal::duplicate_partner(code)),
    }
}

/// What a new one has without being asked.
pub(super) fn defaults(kind: &Kind, fields: &mut Object) {
    let given: &[(&str, Value)] = match kind.set {
        "Items" => &[
            ("ItemType", json!("itItems")),
            ("ItemsGroupCode", json!(100)),
            ("SalesItem", json!("tYES")),
            ("PurchaseItem", json!("tYES")),
            ("InventoryItem", json!("tYES")),
            ("QuantityOnStock", json!(0)),
        ],
        _ => &[
            ("CardType", json!("cCustomer")),
            ("GroupCode", json!(100)),
            ("Currency", json!("GBP")),
            ("CurrentAccountBalance", json!(0)),
        ],
    };
    let both = [("Valid", json!("tYES")), ("Frozen", json!("tNO"))];
    for (name, value) in given.iter().chain(&both) {
        if fields.get(*name).is_none_or(Value::is_null) {
            fields.insert((*name).to_owned(), value.clone());
        }
    }
}

/// Fills what the server sets in lines.
pub(super) fn settle_lines(book: &mut Book, key: &Key, fields: &mut Object) {
    let lines = |fields: &mut Object, name: &str| -> Vec<Value> {
        fields.get_mut(name).and_then(Value::as_array_mut).map(std::mem::take).unwrap_or_default()
    };
    if fields.contains_key("BPAddresses") {
        let mut addresses = lines(fields, "BPAddresses");
        for (number, line) in addresses.iter_mut().enumerate() {
            line["RowNum"] = json!(number);
            line["BPCode"] = key.value();
        }
        fields.insert("BPAddresses".into(), Value::Array(addresses));
    }
    if fields.contains_key("ContactEmployees") {
        let mut contacts = lines(fields, "ContactEmployees");
        for line in contacts.iter_mut().filter(|line| line["InternalCode"].is_null()) {
            line["InternalCode"] = json!(book.next("ContactEmployees"));
            line["CardCode"] = key.value();
        }
        fields.insert("ContactEmployees".into(), Value::Array(contacts));
    }
}

/// Errors: a document names it.
pub(super) fn check_unused(book: &Book, kind: &Kind, key: &Key) -> Result<(), Answer> {
    let named = |document: &Object| {
        let lines = document.get("DocumentLines").and_then(Value::as_array).into_iter().flatten();
        let mut items = lines.map(|line| &line["ItemCode"]);
        document.get("CardCode") == Some(&key.value()) && kind.key == "CardCode"
            || kind.key == "ItemCode" && items.any(|item| *item == key.value())
    };
    let mut documents = KINDS.iter().filter(|kind| kind.numbered).flat_map(|kind| book.rows(kind));
    if documents.any(|row| named(&row.fields)) {
        return Err(refusal::business("Cannot remove; it is linked to a document"));
    }
    Ok(())
}
