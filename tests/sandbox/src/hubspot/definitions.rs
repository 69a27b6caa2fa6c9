//! The properties API, owners and the account itself.

use serde_json::{Value, json};

use super::call::Call;
use super::portal::Portal;
use super::problem::Problem;
use super::properties::{Kind, Property, kind_of};

const TYPES: [&str; 6] = ["string", "number", "date", "datetime", "enumeration", "bool"];
/// Owners of every account.
const OWNERS: [(&str, &str, &str); 2] =
    [("101", "Olive", "olive@example.com"), ("102", "Omar", "omar@example.com")];

/// Everything below `/crm/v3/properties/`.
pub(crate) fn properties(portal: &mut Portal, call: &Call) -> Result<(u16, Value), Problem> {
    let left_out = || Problem::left_out(format!("{} {}", call.method, call.path));
    let parts: Vec<&str> = call.parts.iter().map(String::as_str).collect();
    let kind = parts.first().and_then(|name| kind_of(name)).ok_or_else(left_out)?;
    match (call.method.as_str(), parts.get(1..).unwrap_or_default()) {
        ("GET", []) => {
            let all: Vec<&Property> = portal.properties(kind).values().filter(|own| !own.archived).collect();
            Ok((200, json!({"results": all})))
        }
        ("GET", [name]) => Ok((200, json!(one(portal, kind, name)?))),
        ("POST", []) => create(portal, kind, &call.body).map(|made| (201, made)),
        ("PATCH", [name]) => {
            one(portal, kind, name)?;
            let property = portal.properties_mut(kind).get_mut(*name).ok_or_else(left_out)?;
            if let Some(label) = call.body["label"].as_str() {
                label.clone_into(&mut property.label);
            }
            if let Some(options) = call.body["options"].as_array() {
                options.clone_into(&mut property.options);
            }
            Ok((200, json!(property)))
        }
        ("DELETE", [name]) => {
            if one(portal, kind, name)?.hubspot_defined {
                return Err(Problem::invalid(format!(
                    "Property {name} is defined by HubSpot and cannot be archived"
                )));
            }
            portal.properties_mut(kind).remove(*name);
            Ok((204, Value::Null))
        }
        _ => Err(left_out()),
    }
}

fn one<'a>(portal: &'a Portal, kind: &Kind, name: &str) -> Result<&'a Property, Problem> {
    let missing = || Problem::new(404, "OBJECT_NOT_FOUND", format!("Property {name} does not exist"));
    portal.properties(kind).get(name).ok_or_else(missing)
}

fn create(portal: &mut Portal, kind: &'static Kind, body: &Value) -> Result<Value, Problem> {
    let text = |name: &str| body[name].as_str().filter(|text| !text.is_empty());
    let required = |name: &str| text(name).ok_or_else(|| Problem::invalid(format!("{name} is required")));
    let name = required("name")?.to_lowercase();
    let of = required("type")?;
    if !TYPES.contains(&of) {
        return Err(Problem::invalid(format!("{of} is no property type")));
    }
    if !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
        return Err(Problem::invalid("name may hold lower-case letters, digits and underscores only"));
    }
    if portal.properties(kind).contains_key(&name) {
        return Err(Problem::conflict(format!("A property named '{name}' already exists.")));
    }
    let property = Property {
        name: name.clone(),
        label: required("label")?.to_owned(),
        kind: of.to_owned(),
        field_type: required("fieldType")?.to_owned(),
        group_name: required("groupName")?.to_owned(),
        description: text("description").unwrap_or_default().to_owned(),
        options: body["options"].as_array().cloned().unwrap_or_default(),
        has_unique_value: body["hasUniqueValue"] == true,
        hidden: body["hidden"] == true,
        hubspot_defined: false,
        archived: false,
        read_only: false,
    };
    let shown = json!(property);
    portal.properties_mut(kind).insert(name, property);
    Ok(shown)
}

/// `GET /crm/v3/owners[/{id}]`
pub(crate) fn owners(call: &Call) -> Result<(u16, Value), Problem> {
    let shown = |(id, name, email): &(&str, &str, &str)| json!({"id": id, "email": email, "firstName": name, "lastName": "Owner", "userId": id.parse::<u64>().unwrap_or(0), "archived": false});
    match (call.method.as_str(), call.parts.as_slice()) {
        ("GET", []) => {
            let email = call.params.get("email");
            let all: Vec<Value> =
                OWNERS.iter().filter(|own| email.is_empty() || own.2 == email).map(shown).collect();
            Ok((200, json!({"results": all})))
        }
        ("GET", [id]) => {
            let found = OWNERS.iter().find(|own| own.0 == id);
            found.map(|own| (200, shown(own))).ok_or_else(|| Problem::missing(id))
        }
        _ => Err(Problem::left_out(format!("{} {}", call.method, call.path))),
    }
}
