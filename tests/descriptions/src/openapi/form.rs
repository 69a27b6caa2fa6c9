//! Form bodies and query parameters as the JSON that their schemas speak of.

use serde_json::{Map, Value};

use super::schema::Schemas;

/// A parameter's value; several values of one name are an array.
pub(super) fn value_of(document: &Schemas, schema: &Value, values: &[String]) -> Value {
    let schema = document.behind(schema);
    if kinds(document, schema).contains(&"array") {
        let parts = values.iter().flat_map(|value| value.split(','));
        let none = Value::Null;
        let items = schema.get("items").unwrap_or(&none);
        return parts.map(|part| scalar(document, items, part)).collect();
    }
    scalar(document, schema, values.first().map(String::as_str).unwrap_or_default())
}

/// A form body in bracket notation (`items[0][price]=x`) as JSON.
pub(super) fn body_of(document: &Schemas, schema: &Value, body: &[u8]) -> Value {
    let mut tree = Node::default();
    for (name, value) in url::form_urlencoded::parse(body) {
        tree.put(&steps(&name), &value);
    }
    tree.typed(document, schema)
}

/// What a form says before its types are known.
#[derive(Default)]
struct Node {
    value: Option<String>,
    members: Vec<(String, Node)>,
}

impl Node {
    fn put(&mut self, steps: &[String], value: &str) {
        let Some((first, rest)) = steps.split_first() else {
            self.value = Some(value.to_owned());
            return;
        };
        let name = if first.is_empty() { self.members.len().to_string() } else { first.clone() };
        let at = self.members.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
            self.members.push((name, Self::default()));
            self.members.len() - 1
        });
        self.members[at].1.put(rest, value);
    }

    fn typed(&self, document: &Schemas, schema: &Value) -> Value {
        let schema = document.behind(schema);
        if let Some(value) = &self.value {
            return scalar(document, schema, value);
        }
        let none = Value::Null;
        let options = options(document, schema);
        let numbered = self.members.iter().all(|(name, _)| name.parse::<u32>().is_ok());
        if numbered && let Some(list) = options.iter().find(|option| option["type"] == "array") {
            let items = list.get("items").unwrap_or(&none);
            return self.members.iter().map(|(_, node)| node.typed(document, items)).collect();
        }
        let mut object = Map::new();
        for (name, node) in &self.members {
            let member = options.iter().find_map(|option| {
                option["properties"]
                    .get(name)
                    .or_else(|| option.get("additionalProperties").filter(|s| s.is_object()))
            });
            object.insert(name.clone(), node.typed(document, member.unwrap_or(&none)));
        }
        Value::Object(object)
    }
}

/// `items[0][price]` as its steps.
fn steps(name: &str) -> Vec<String> {
    let mut parts = name.split('[');
    let first = parts.next().unwrap_or_default().to_owned();
    std::iter::once(first).chain(parts.map(|part| part.trim_end_matches(']').to_owned())).collect()
}

/// The schemas that a value may follow.
fn options<'a>(document: &'a Schemas, schema: &'a Value) -> Vec<&'a Value> {
    let schema = document.behind(schema);
    let inner = ["anyOf", "oneOf", "allOf"].into_iter().filter_map(|word| schema[word].as_array()).flatten();
    std::iter::once(schema).chain(inner.flat_map(|inner| options(document, inner))).collect()
}

fn kinds<'a>(document: &'a Schemas, schema: &'a Value) -> Vec<&'a str> {
    options(document, schema).into_iter().filter_map(|option| option["type"].as_str()).collect()
}

/// Text as the type that the schema allows and the text can be.
fn scalar(document: &Schemas, schema: &Value, text: &str) -> Value {
    let kinds = kinds(document, schema);
    if kinds.contains(&"boolean") && (text == "true" || text == "false") {
        return Value::Bool(text == "true");
    }
    if (kinds.contains(&"integer") || kinds.contains(&"number"))
        && let Ok(number) = serde_json::from_str::<serde_json::Number>(text)
    {
        return Value::Number(number);
    }
    Value::from(text)
}
