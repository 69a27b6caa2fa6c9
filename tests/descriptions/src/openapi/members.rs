//! Members that no schema names. JSON Schema lets them pass; a provider does not know them.

use serde_json::Value;

use super::schema::Schemas;

/// Paths of the members of `value` that the schema at `pointer` does not name.
pub(super) fn unknown(document: &Schemas, pointer: &str, value: &Value) -> Vec<String> {
    let Some(schema) = document.at(pointer) else { return Vec::new() };
    let mut found = Vec::new();
    walk(document, &[schema], value, &mut (String::new(), &mut found));
    found.truncate(10);
    found
}

type Trail<'a> = (String, &'a mut Vec<String>);

fn walk(document: &Schemas, schemas: &[&Value], value: &Value, trail: &mut Trail<'_>) {
    let schemas: Vec<&Value> = schemas.iter().flat_map(|schema| parts(document, schema)).collect();
    match value {
        Value::Array(items) => {
            let inner: Vec<&Value> = schemas.iter().filter_map(|schema| schema.get("items")).collect();
            for (at, item) in items.iter().enumerate().filter(|_| !inner.is_empty()) {
                step(trail, &format!("[{at}]"), |trail| walk(document, &inner, item, trail));
            }
        }
        Value::Object(members) => {
            let closed = schemas.iter().any(|schema| schema["properties"].is_object());
            for (name, member) in members {
                let inner: Vec<&Value> =
                    schemas.iter().filter_map(|schema| schema["properties"].get(name)).collect();
                let further: Vec<&Value> =
                    schemas.iter().filter_map(|schema| schema.get("additionalProperties")).collect();
                step(trail, &format!(".{name}"), |trail| match (inner.is_empty(), further.is_empty()) {
                    (false, _) => walk(document, &inner, member, trail),
                    (true, false) => walk(document, &further, member, trail),
                    (true, true) if closed => trail.1.push(trail.0.clone()),
                    (true, true) => {}
                });
            }
        }
        _ => {}
    }
}

fn step(trail: &mut Trail<'_>, name: &str, go: impl FnOnce(&mut Trail<'_>)) {
    let length = trail.0.len();
    trail.0.push_str(name);
    go(trail);
    trail.0.truncate(length);
}

/// A schema with all that it is made of.
fn parts<'a>(document: &'a Schemas, schema: &'a Value) -> Vec<&'a Value> {
    let schema = document.behind(schema);
    let inner = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|word| schema[word].as_array()).flatten();
    std::iter::once(schema).chain(inner.flat_map(|inner| parts(document, inner))).collect()
}
