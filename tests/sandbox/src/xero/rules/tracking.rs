//! Tracking categories (two at most) and their options.

use serde_json::{Value, json};

use super::Draft;
use crate::kit::decimals::{Object, items_of, text_of};
use crate::xero::kind::Kind;
use crate::xero::refusal::Refusal;
use crate::xero::store::{Book, is_live};

pub(super) fn apply(book: &Book, draft: &Draft) -> Result<Object, Refusal> {
    let mut body = draft.merged();
    let name = text_of(&body, "Name");
    if name.is_empty() {
        return Err(Refusal::invalid("Tracking category Name must be specified"));
    }
    let kind = Kind::TrackingCategory;
    if book.with_key(kind, "Name", name).any(|(id, _)| id != draft.old_id()) {
        return Err(Refusal::invalid("A tracking category with this name already exists"));
    }
    let live = book.rows(kind).filter(|(id, row)| *id != draft.old_id() && is_live(kind, &row.body)).count();
    if live >= 2 {
        return Err(Refusal::invalid("Only two active tracking categories are allowed"));
    }
    body.entry("Status").or_insert(json!("ACTIVE"));
    body.entry("Options").or_insert(json!([]));
    Ok(body)
}

fn edit(
    book: &mut Book,
    category_id: &str,
    change: impl FnOnce(&mut Book, &mut Vec<Value>) -> Result<Value, Refusal>,
) -> Result<Value, Refusal> {
    let kind = Kind::TrackingCategory;
    let mut category = book.body(kind, category_id).cloned().ok_or(Refusal::NotFound)?;
    let mut options = items_of(&category, "Options").to_vec();
    let answer = change(book, &mut options)?;
    category.insert("Options".into(), Value::Array(options));
    book.put(kind, category_id, category);
    Ok(answer)
}

/// Adds an option.
pub(in crate::xero) fn add_option(book: &mut Book, category: &str, sent: &Object) -> Result<Value, Refusal> {
    edit(book, category, |book, options| {
        let name = text_of(sent, "Name");
        if name.is_empty() || options.iter().any(|option| option["Name"] == name) {
            return Err(Refusal::invalid("An option needs a name that is unique in its category"));
        }
        let option = json!({
            "TrackingOptionID": book.ids.uuid(), "Name": name, "Status": "ACTIVE",
            "HasValidationErrors": false, "IsDeleted": false, "IsArchived": false, "IsActive": true
        });
        options.push(option.clone());
        Ok(option)
    })
}

/// Renames, archives or restores an option.
pub(in crate::xero) fn save_option(
    book: &mut Book,
    (category, id): (&str, &str),
    sent: &Object,
) -> Result<Value, Refusal> {
    edit(book, category, |_, options| {
        let name = text_of(sent, "Name");
        let taken = options.iter().any(|option| option["Name"] == name && option["TrackingOptionID"] != id);
        if taken {
            return Err(Refusal::invalid("An option needs a name that is unique in its category"));
        }
        let mut found = options.iter_mut();
        let option = found.find(|option| option["TrackingOptionID"] == id).ok_or(Refusal::NotFound)?;
        for field in ["Name", "Status"] {
            if let Some(value) = sent.get(field) {
                option[field] = value.clone();
            }
        }
        let active = option["Status"] == "ACTIVE";
        option["IsActive"] = json!(active);
        option["IsArchived"] = json!(!active);
        Ok(option.clone())
    })
}

/// Removes an option.
pub(in crate::xero) fn remove_option(
    book: &mut Book,
    (category, id): (&str, &str),
) -> Result<Value, Refusal> {
    edit(book, category, |_, options| {
        let place = options.iter().position(|option| option["TrackingOptionID"] == id);
        let mut option = options.remove(place.ok_or(Refusal::NotFound)?);
        option["Status"] = json!("DELETED");
        option["IsDeleted"] = json!(true);
        option["IsActive"] = json!(false);
        Ok(option)
    })
}
