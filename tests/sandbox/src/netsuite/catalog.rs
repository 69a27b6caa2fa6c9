//! `metadata-catalog`: the JSON Schema of a record type of this account.

use serde_json::{Value, json};

use super::call::Call;
use super::kind::{KINDS, Kind};
use super::record::{Type, fields, operators};
use super::refusal::Refusal;
use super::routes::App;
use crate::kit::Answer;
use crate::kit::consent::header_text;
use crate::kit::decimals::Object;

/// `GET /metadata-catalog`: the names.
pub(super) fn list(call: &Call) -> Answer {
    let items = KINDS.map(|kind| {
        let href = format!("{}/metadata-catalog/{}", call.records(), kind.name());
        json!({"name": kind.name(), "links": [{"rel": "canonical", "href": href}]})
    });
    Answer::json(200, &json!({"items": items}))
}

/// `GET /metadata-catalog/{type}` with `Accept: application/schema+json`.
pub(super) fn describe(app: &App, call: &Call, name: &str) -> Result<Answer, Refusal> {
    let kind = Kind::named(name).ok_or_else(Refusal::not_found)?;
    if !header_text(&call.headers, "accept").contains("application/schema+json") {
        return Err(Refusal::not_modelled("catalogues other than application/schema+json"));
    }
    let mut properties = layout(fields(kind));
    let ledger = app.ledger();
    let custom: Vec<_> = ledger.settings.custom_fields.iter().filter(|own| own.record == name).collect();
    for field in &custom {
        let own = json!({"type": "string", "title": field.id, "nullable": true, "x-ns-custom-field": true});
        match &field.sublist {
            None => drop(properties.insert(field.id.clone(), own)),
            Some(sublist) => {
                properties[sublist]["properties"]["items"]["items"]["properties"][&field.id] = own;
            }
        }
    }
    properties.insert("id".into(), json!({"type": "string"}));
    let filterable: Vec<&String> = properties.keys().filter(|name| operators(kind, name).is_some()).collect();
    let body = json!({"type": "object", "x-ns-filterable": filterable, "properties": properties.clone()});
    Ok(Answer::json(200, &body).with("content-type", "application/schema+json"))
}

fn layout(fields: &[(&str, Type)]) -> Object {
    let described = fields.iter().map(|(name, kind)| ((*name).to_owned(), property(*kind)));
    described.collect()
}

fn property(kind: Type) -> Value {
    let reference =
        || json!({"type": "object", "properties": {"id": {"type": "string"}, "refName": {"type": "string"}}});
    let list =
        |items: Value| json!({"type": "object", "properties": {"items": {"type": "array", "items": items}}});
    match kind {
        Type::Text(_) | Type::Left => json!({"type": "string", "nullable": true}),
        Type::ReadOnly => json!({"readOnly": true, "nullable": true}),
        Type::Number => json!({"type": "number", "format": "double", "nullable": true}),
        Type::Flag => json!({"type": "boolean"}),
        Type::Date => json!({"type": "string", "format": "date", "nullable": true}),
        Type::Ref(_) | Type::Code => reference(),
        Type::Word(words) => {
            let mut property = reference();
            property["properties"]["id"]["enum"] = json!(words);
            property
        }
        Type::Many(_) => list(reference()),
        Type::One(inner) => json!({"type": "object", "properties": layout(inner)}),
        Type::Lines(columns, _) => list(json!({"type": "object", "properties": layout(columns)})),
    }
}
