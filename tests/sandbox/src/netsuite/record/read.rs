//! Records as they are answered.

use serde_json::{Value, json};

use super::fields::Type;
use super::layout::layout;
use crate::kit::clock::rfc3339;
use crate::kit::decimals::{Object, text_of};
use crate::netsuite::kind::Kind;
use crate::netsuite::store::{Ledger, id_in};

/// A record with links, names of what it refers to, and its sublists or links to them.
pub(in crate::netsuite) fn one(
    ledger: &Ledger,
    (kind, id): (Kind, u64),
    base: &str,
    expand: bool,
) -> Option<Object> {
    let row = ledger.row(kind, id)?;
    let own = format!("{base}/{}/{id}", kind.name());
    let mut shown = Object::new();
    shown.insert("links".into(), json!([{"rel": "self", "href": own}]));
    for (name, value) in row.body.iter() {
        let field = layout(kind).iter().find(|(known, _)| known == name).map(|(_, kind)| *kind);
        let value = match field {
            Some(Type::Ref(kinds)) => named(ledger, kinds, base, value),
            Some(Type::Lines(..) | Type::Many(_)) if !expand => {
                json!({"links": [{"rel": "self", "href": format!("{own}/{name}")}]})
            }
            Some(Type::Many(kinds)) => each(value, &own, name, |item| named(ledger, kinds, base, item)),
            Some(Type::Lines(columns, _)) => each(value, &own, name, |line| {
                let mut line = line.clone();
                for (column, kind) in columns {
                    if let (Type::Ref(kinds), Some(value)) = (kind, line.get(column).cloned()) {
                        line[*column] = named(ledger, kinds, base, &value);
                    }
                }
                line
            }),
            _ => value.clone(),
        };
        shown.insert(name.clone(), value);
    }
    let created =
        if kind.transaction().is_some() || kind.item().is_some() { "createdDate" } else { "dateCreated" };
    shown.insert(created.into(), json!(rfc3339(row.created_ms)));
    shown.insert("lastModifiedDate".into(), json!(rfc3339(row.modified_ms)));
    Some(shown)
}

/// Only these fields, with id and links.
pub(in crate::netsuite) fn selected(record: Object, fields: &str) -> Object {
    let wanted: Vec<&str> = fields.split(',').map(str::trim).collect();
    let keep = |name: &str| matches!(name, "links" | "id") || wanted.contains(&name);
    record.into_iter().filter(|(name, _)| keep(name)).collect()
}

fn named(ledger: &Ledger, kinds: &[Kind], base: &str, value: &Value) -> Value {
    let id = id_in(Some(value));
    match ledger.among(kinds, id) {
        Some((kind, _, body)) => json!({
            "links": [{"rel": "self", "href": format!("{base}/{}/{id}", kind.name())}],
            "id": id, "refName": text_of(body, kind.label())
        }),
        None => value.clone(),
    }
}

fn each(value: &Value, own: &str, name: &str, show: impl Fn(&Value) -> Value) -> Value {
    let items: Vec<Value> = value["items"].as_array().into_iter().flatten().map(show).collect();
    json!({
        "links": [{"rel": "self", "href": format!("{own}/{name}")}],
        "count": items.len(), "hasMore": false, "items": items, "offset": 0, "totalResults": items.len()
    })
}
