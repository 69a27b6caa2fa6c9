//! The document with its schemas turned into plain JSON Schema.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// A document whose `nullable` schemas say so in the words of JSON Schema.
pub(super) struct Schemas(Value);

impl Schemas {
    pub(super) fn new(mut document: Value, is_3_0: bool) -> Self {
        converted(&mut document);
        if is_3_0 {
            nullable(&mut document);
        }
        let known = document.pointer("/components/schemas").and_then(Value::as_object);
        let known: BTreeSet<String> = known.into_iter().flat_map(|all| all.keys().cloned()).collect();
        dangling(&mut document, &known);
        Self(document)
    }

    pub(super) const fn whole(&self) -> &Value {
        &self.0
    }

    /// What stands at a JSON pointer.
    pub(super) fn at(&self, pointer: &str) -> Option<&Value> {
        self.0.pointer(pointer)
    }

    /// The pointer behind a `$ref`, or the pointer itself.
    pub(super) fn resolve(&self, pointer: &str) -> String {
        let mut pointer = pointer.to_owned();
        // A chain of references is short; a loop is cut.
        for _ in 0..16 {
            let Some(target) = self.at(&pointer).and_then(|value| value["$ref"].as_str()) else { break };
            let Some(local) = target.strip_prefix('#') else { break };
            local.clone_into(&mut pointer);
        }
        pointer
    }

    /// The schema behind a `$ref`, or the schema itself.
    pub(super) fn behind<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str().and_then(|target| target.strip_prefix('#')) {
            Some(local) => self.at(&self.resolve(local)).unwrap_or(schema),
            None => schema,
        }
    }
}

/// A reference to a schema that the document does not hold says nothing.
fn dangling(value: &mut Value, known: &BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| dangling(item, known)),
        Value::Object(members) => {
            let target = members.get("$ref").and_then(Value::as_str);
            let name = target.and_then(|target| target.strip_prefix("#/components/schemas/"));
            if name.is_some_and(|name| !name.contains('/') && !known.contains(name)) {
                members.remove("$ref");
            }
            members.values_mut().for_each(|member| dangling(member, known));
        }
        _ => {}
    }
}

/// A member's name inside a JSON pointer (RFC 6901, 3).
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Documents converted from Swagger 2.0 hold leftovers of it: an operation in the place of its path, and a schema in the
/// place of an answer's content.
fn converted(document: &mut Value) {
    let Some(paths) = document["paths"].as_object_mut() else { return };
    for path in paths.values_mut() {
        if path["responses"].is_object() {
            *path = json!({"get": path.take()});
        }
        let operations = path.as_object_mut().into_iter().flat_map(|path| path.values_mut());
        let answers = operations.filter_map(|operation| operation.get_mut("responses")?.as_object_mut());
        for answer in answers.flat_map(|answers| answers.values_mut()) {
            if let Some(schema) = answer.as_object_mut().and_then(|answer| answer.remove("schema")) {
                answer["content"] = json!({"application/json": {"schema": schema}});
            }
        }
    }
}

/// OpenAPI 3.0, "Schema Object": `nullable: true` beside a type adds null to what is allowed.
fn nullable(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(nullable),
        Value::Object(members) => {
            members.values_mut().for_each(nullable);
            local_reference(members);
            if members.get("nullable") == Some(&Value::Bool(true)) {
                members.remove("nullable");
                *value = json!({"anyOf": [{"type": "null"}, Value::Object(std::mem::take(members))]});
            }
        }
        _ => {}
    }
}

/// Some documents refer to definitions by the address of the machine that converted them; the definition of that name
/// is in the document.
fn local_reference(members: &mut Map<String, Value>) {
    let Some(Value::String(target)) = members.get_mut("$ref") else { return };
    if !target.starts_with('#')
        && let Some((_, name)) = target.rsplit_once('/')
    {
        *target = format!("#/components/schemas/{name}");
    }
}

/// A JSON pointer as the fragment of a URI (RFC 6901, 6): the braces of path templates are percent-encoded.
pub(super) fn fragment(pointer: &str) -> String {
    pointer
        .replace('%', "%25")
        .replace('{', "%7B")
        .replace('}', "%7D")
        .replace('[', "%5B")
        .replace(']', "%5D")
}
