//! Links between objects, version 4: unlabelled ones, and labels with a type id.

use serde_json::{Value, json};

use super::call::Call;
use super::objects::Hand;
use super::portal::Portal;
use super::problem::Problem;
use super::properties::{Kind, kind_of};

/// Largest page of a list (fact sheet, "Pagination").
const LARGEST: usize = 500;

const OWN: &str = "HUBSPOT_DEFINED";

/// Type ids between kinds: the unlabelled one, and the primary one where there is one.
const TYPES: &[(&str, &str, u64, Option<u64>)] = &[
    ("contacts", "companies", 279, Some(1)),
    ("companies", "contacts", 280, Some(2)),
    ("deals", "contacts", 3, None),
    ("contacts", "deals", 4, None),
    ("deals", "companies", 341, Some(5)),
    ("companies", "deals", 342, Some(6)),
    ("tickets", "contacts", 16, None),
    ("contacts", "tickets", 15, None),
    ("tickets", "companies", 339, Some(26)),
    ("companies", "tickets", 340, Some(25)),
    ("deals", "line_items", 19, None),
    ("line_items", "deals", 20, None),
    ("tickets", "deals", 28, None),
    ("deals", "tickets", 27, None),
];

/// A type of link: category and id.
pub(crate) type Type = (String, u64);

fn types_between(from: &Kind, to: &Kind) -> Option<(u64, Option<u64>)> {
    let found = TYPES.iter().find(|(own, other, ..)| (*own, *other) == (from.name, to.name));
    found.map(|(_, _, plain, primary)| (*plain, *primary))
}

/// The type that reads the other way.
fn mirrored(from: &Kind, to: &Kind, (category, id): &Type) -> Option<Type> {
    let (plain, primary) = types_between(from, to)?;
    let (back, back_primary) = types_between(to, from)?;
    let id = if *id == plain { Some(back) } else { back_primary.filter(|_| Some(*id) == primary) };
    id.map(|id| (category.clone(), id))
}

/// Links two objects both ways.
pub(crate) fn add(
    portal: &mut Portal,
    (from, id): (&'static Kind, u64),
    (to, to_id): (&'static Kind, u64),
    types: &[Type],
) {
    let plain = types_between(from, to).map(|(plain, _)| (OWN.to_owned(), plain));
    for one in types.iter().cloned().chain(plain) {
        if let Some(back) = mirrored(from, to, &one) {
            portal.links.entry((to.name, to_id, from.name, id)).or_default().insert(back);
        }
        portal.links.entry((from.name, id, to.name, to_id)).or_default().insert(one);
    }
    show(portal, (from, id), (to, to_id), types);
    tell(portal, (from, id), (to, to_id), false);
}

/// The property that shows the primary company of an object.
fn shows(kind: &Kind) -> Option<&'static str> {
    match kind.name {
        "contacts" => Some("associatedcompanyid"),
        "deals" => Some("hs_primary_associated_company"),
        _ => None,
    }
}

/// Keeps the property of the primary company: the one labelled so, or the first.
fn show(
    portal: &mut Portal,
    (from, id): (&'static Kind, u64),
    (to, to_id): (&'static Kind, u64),
    types: &[Type],
) {
    let primary = types_between(from, to).and_then(|(_, primary)| primary);
    let labelled = types.iter().any(|one| Some(one.1) == primary);
    let ends = [(from, id, to, to_id), (to, to_id, from, id)];
    let Some((kind, id, _, company)) = ends.into_iter().find(|one| one.2.name == "companies") else { return };
    let Some(name) = shows(kind) else { return };
    let first = portal.row(kind, id).is_none_or(|row| !row.values.contains_key(name));
    if labelled || first {
        portal.change(kind, id, [(name.to_owned(), company.to_string())].into());
    }
}

fn tell(portal: &mut Portal, (from, id): (&Kind, u64), (to, to_id): (&Kind, u64), removed: bool) {
    let name = format!("{}_TO_{}", from.singular, to.singular).to_uppercase();
    let more = json!({
        "associationType": name, "fromObjectId": id, "toObjectId": to_id, "associationRemoved": removed,
        "isPrimaryAssociation": false,
    });
    portal.tell((from, id), "associationChange", &more, Hand::App);
}

fn remove(portal: &mut Portal, (from, id): (&'static Kind, u64), (to, to_id): (&'static Kind, u64)) {
    let gone = portal.links.remove(&(from.name, id, to.name, to_id));
    portal.links.remove(&(to.name, to_id, from.name, id));
    if gone.is_some() {
        for (kind, id, company) in [(from, id, to_id), (to, to_id, id)] {
            let shown = shows(kind).filter(|name| {
                portal.row(kind, id).and_then(|row| row.values.get(*name)) == Some(&company.to_string())
            });
            if let Some(name) = shown {
                portal.change(kind, id, [(name.to_owned(), String::new())].into());
            }
        }
        tell(portal, (from, id), (to, to_id), true);
    }
}

fn label(from: &Kind, to: &Kind, id: u64) -> Value {
    let is_primary = types_between(from, to).is_some_and(|(_, primary)| primary == Some(id));
    if is_primary { json!("Primary") } else { Value::Null }
}

fn linked(portal: &Portal, (from, id): (&Kind, u64), to: &'static Kind) -> Vec<(u64, Vec<Type>)> {
    let first = (from.name, id, to.name, 0);
    let last = (from.name, id, to.name, u64::MAX);
    let links = portal.links.range(first..=last).filter(|(link, _)| portal.live(to, link.3).is_some());
    links.map(|(link, types)| (link.3, types.iter().cloned().collect())).collect()
}

/// Links as they come with an object.
pub(crate) fn thin(portal: &Portal, from: (&Kind, u64), to: &'static Kind) -> Vec<Value> {
    let name = format!("{}_to_{}", from.0.singular, to.singular);
    linked(portal, from, to).iter().map(|(id, _)| json!({"id": id.to_string(), "type": name})).collect()
}

/// A link a create asks for: to kind and id, of these types.
pub(crate) type Wanted = (&'static Kind, u64, Vec<Type>);

/// The links a create asks for.
pub(crate) fn wanted(portal: &Portal, from: &'static Kind, given: &[Value]) -> Result<Vec<Wanted>, Problem> {
    let mut wanted = Vec::new();
    for link in given {
        let types = types_of(link["types"].as_array())?;
        let to = super::properties::KINDS.iter().find(|to| {
            let known = types_between(from, to);
            known.is_some_and(|(plain, primary)| {
                types.iter().any(|one| one.1 == plain || Some(one.1) == primary)
            })
        });
        let to =
            to.ok_or_else(|| Problem::invalid("The association type is not valid between these objects"))?;
        let id = id_of(&link["to"]["id"]).filter(|id| portal.live(to, *id).is_some());
        let id = id.ok_or_else(|| Problem::invalid("The object to associate with does not exist"))?;
        wanted.push((to, id, types));
    }
    Ok(wanted)
}

fn id_of(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

fn types_of(given: Option<&Vec<Value>>) -> Result<Vec<Type>, Problem> {
    let one = |value: &Value| {
        let category = value["associationCategory"].as_str()?;
        let is_known = matches!(category, OWN | "USER_DEFINED");
        is_known.then_some((category.to_owned(), value["associationTypeId"].as_u64()?))
    };
    let read: Option<Vec<Type>> = given.into_iter().flatten().map(one).collect();
    read.filter(|types| !types.is_empty())
        .ok_or_else(|| Problem::invalid("associationCategory and associationTypeId are required"))
}

/// Everything below `/crm/v4/`.
pub(crate) fn answer(portal: &mut Portal, call: &Call) -> Result<(u16, Value), Problem> {
    let left_out = || Problem::left_out(format!("{} {}", call.method, call.path));
    let kind = |name: &str| kind_of(name).ok_or_else(left_out);
    let parts: Vec<&str> = call.parts.iter().map(String::as_str).collect();
    match (call.method.as_str(), parts.as_slice()) {
        ("GET", ["objects", from, id, "associations", to]) => {
            let (from, to) = (kind(from)?, kind(to)?);
            list(portal, (from, existing(portal, from, id)?), to, call).map(|body| (200, body))
        }
        ("PUT", ["objects", from, id, "associations", "default", to, to_id]) => {
            put(portal, (kind(from)?, id), (kind(to)?, to_id), None).map(|body| (200, body))
        }
        ("PUT", ["objects", from, id, "associations", to, to_id]) => {
            put(portal, (kind(from)?, id), (kind(to)?, to_id), Some(&call.body)).map(|body| (201, body))
        }
        ("DELETE", ["objects", from, id, "associations", to, to_id]) => {
            let (from, to) = (kind(from)?, kind(to)?);
            let ends = (existing(portal, from, id)?, existing(portal, to, to_id)?);
            remove(portal, (from, ends.0), (to, ends.1));
            Ok((204, Value::Null))
        }
        ("GET", ["associations", from, to, "labels"]) => {
            let (from, to) = (kind(from)?, kind(to)?);
            let (plain, primary) = types_between(from, to).ok_or_else(left_out)?;
            let shown = |id: u64| json!({"category": OWN, "typeId": id, "label": label(from, to, id)});
            let all: Vec<Value> = primary.into_iter().chain([plain]).map(shown).collect();
            Ok((200, json!({"results": all})))
        }
        ("POST", ["associations", from, to, "batch", verb]) => {
            batch(portal, (kind(from)?, kind(to)?), verb, &call.body)
        }
        _ => Err(left_out()),
    }
}

fn existing(portal: &Portal, kind: &Kind, id: &str) -> Result<u64, Problem> {
    let found = id.parse().ok().filter(|id| portal.live(kind, *id).is_some());
    found.map(|id| portal.resolved(kind, id)).ok_or_else(|| Problem::missing(id))
}

fn shown((from, to): (&Kind, &Kind), id: u64, types: &[Type]) -> Value {
    let one = |(category, type_id): &Type| json!({"category": category, "typeId": type_id, "label": label(from, to, *type_id)});
    let types: Vec<Value> = types.iter().map(one).collect();
    json!({"toObjectId": id, "associationTypes": types})
}

fn list(portal: &Portal, from: (&Kind, u64), to: &'static Kind, call: &Call) -> Result<Value, Problem> {
    let limit = call.params.opt("limit").map_or(Some(LARGEST), |text| text.parse().ok());
    let limit = limit.filter(|limit| (1..=LARGEST).contains(limit));
    let limit =
        limit.ok_or_else(|| Problem::invalid(format!("limit must be a number from 1 to {LARGEST}")))?;
    let after: u64 = call.params.get("after").parse().unwrap_or(0);
    let links: Vec<_> = linked(portal, from, to).into_iter().filter(|(id, _)| *id > after).collect();
    let page: Vec<Value> =
        links.iter().take(limit).map(|(id, types)| shown((from.0, to), *id, types)).collect();
    let mut body = json!({"results": page});
    if links.len() > limit {
        let last = links[limit - 1].0.to_string();
        body["paging"] = json!({"next": {"after": last, "link": call.path}});
    }
    Ok(body)
}

fn put(
    portal: &mut Portal,
    (from, id): (&'static Kind, &str),
    (to, to_id): (&'static Kind, &str),
    body: Option<&Value>,
) -> Result<Value, Problem> {
    let (id, to_id) = (existing(portal, from, id)?, existing(portal, to, to_id)?);
    let (plain, primary) = types_between(from, to)
        .ok_or_else(|| Problem::invalid(format!("{} cannot be associated with {}", from.name, to.name)))?;
    let types = match body {
        None => Vec::new(),
        Some(body) => types_of(body.as_array())?,
    };
    let is_known = |one: &Type| one.0 != OWN || one.1 == plain || Some(one.1) == primary;
    if !types.iter().all(is_known) {
        return Err(Problem::invalid("The association type is not valid between these objects"));
    }
    add(portal, (from, id), (to, to_id), &types);
    Ok(json!({
        "fromObjectTypeId": from.type_id, "fromObjectId": id, "toObjectTypeId": to.type_id, "toObjectId": to_id,
        "labels": [],
    }))
}

fn batch(
    portal: &mut Portal,
    (from, to): (&'static Kind, &'static Kind),
    verb: &str,
    body: &Value,
) -> Result<(u16, Value), Problem> {
    let inputs = body["inputs"].as_array().cloned().unwrap_or_default();
    let most = match verb {
        "read" => 1000,
        "create" => 2000,
        _ => return Err(Problem::left_out(format!("associations batch/{verb}"))),
    };
    if inputs.is_empty() || inputs.len() > most {
        return Err(Problem::invalid(format!("The request must have between 1 and {most} inputs")));
    }
    let mut results = Vec::new();
    for input in &inputs {
        if verb == "create" {
            let end = |name: &str| input[name]["id"].as_str().unwrap_or_default().to_owned();
            let types = input["types"].clone();
            results.push(put(portal, (from, &end("from")), (to, &end("to")), Some(&types))?);
            continue;
        }
        let id = id_of(&input["id"]).ok_or_else(|| Problem::invalid("id is required"))?;
        let links = linked(portal, (from, id), to);
        if !links.is_empty() {
            let to: Vec<Value> = links.iter().map(|(id, types)| shown((from, to), *id, types)).collect();
            results.push(json!({"from": {"id": id.to_string()}, "to": to}));
        }
    }
    let status = if verb == "create" { 201 } else { 200 };
    Ok((status, json!({"status": "COMPLETE", "results": results})))
}
