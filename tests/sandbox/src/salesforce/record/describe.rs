//! What objects and fields the user may see.

use serde_json::{Value, json};

use crate::salesforce::kind::{KINDS, Kind};
use crate::salesforce::layout::{Field, Type};
use crate::salesforce::refusal::Refusal;
use crate::salesforce::store::Org;

/// `GET /sobjects`.
pub(in crate::salesforce) fn global(org: &Org, root: &str) -> Value {
    let seen = KINDS.into_iter().filter(|kind| !org.settings.forbidden.contains(kind));
    let objects: Vec<Value> = seen.map(|kind| summary(kind, root)).collect();
    json!({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": objects})
}

fn summary(kind: Kind, root: &str) -> Value {
    let own = format!("{root}/sobjects/{}", kind.name());
    let writable = kind.is_writable();
    json!({
        "name": kind.name(), "label": kind.name(), "keyPrefix": kind.prefix(), "custom": false,
        "queryable": true, "retrieveable": true, "replicateable": true, "createable": writable,
        "updateable": writable, "deletable": writable,
        "urls": {"sobject": own, "describe": format!("{own}/describe"), "rowTemplate": format!("{own}/{{ID}}")}
    })
}

/// `GET /sobjects/{Object}/describe`.
pub(in crate::salesforce) fn describe(org: &Org, kind: Kind, root: &str) -> Result<Value, Refusal> {
    if org.settings.forbidden.contains(&kind) {
        return Err(Refusal::not_found());
    }
    let mut body = summary(kind, root);
    let fields: Vec<Value> = org.fields(kind).map(|field| described(kind, field)).collect();
    body["fields"] = Value::Array(fields);
    Ok(body)
}

fn described(kind: Kind, field: &Field) -> Value {
    let words: &[&str] = if let Type::Word(words) = field.holds { words } else { &[] };
    let values: Vec<Value> =
        words.iter().map(|word| json!({"value": word, "label": word, "active": true})).collect();
    let kinds: &[Kind] = if let Type::Ref(kinds) = field.holds { kinds } else { &[] };
    let writable = kind.is_writable();
    json!({
        "name": field.name, "label": field.name, "type": type_name(field.holds), "length": length(field.holds),
        "nillable": !field.is_required() && field.holds != Type::Flag && field.holds != Type::Id,
        "createable": writable && field.is_createable(), "updateable": writable && field.is_updateable(),
        "filterable": field.is_filterable(), "sortable": field.is_filterable(), "externalId": field.external_id,
        "unique": field.unique, "custom": field.name.ends_with("__c"), "picklistValues": values,
        "restrictedPicklist": !words.is_empty(), "defaultedOnCreate": field.holds == Type::Flag,
        "referenceTo": kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>(),
    })
}

fn type_name(holds: Type) -> &'static str {
    match holds {
        Type::Id => "id",
        Type::Text(_) => "string",
        Type::Area(_) => "textarea",
        Type::Email => "email",
        Type::Phone => "phone",
        Type::Url => "url",
        Type::Word(_) => "picklist",
        Type::Number(0) => "int",
        Type::Number(_) => "double",
        Type::Money => "currency",
        Type::Percent => "percent",
        Type::Flag => "boolean",
        Type::Day => "date",
        Type::Instant => "datetime",
        Type::Ref(_) => "reference",
    }
}

fn length(holds: Type) -> usize {
    match holds {
        Type::Text(most) | Type::Area(most) => most,
        Type::Email => 80,
        Type::Phone => 40,
        Type::Url | Type::Word(_) => 255,
        Type::Id | Type::Ref(_) => 18,
        _ => 0,
    }
}
