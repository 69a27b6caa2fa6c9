//! Sublists: merged by their key, or replaced as a whole.

use serde_json::{Value, json};

use crate::kit::decimals::{Object, decimal};
use crate::netsuite::refusal::Refusal;
use crate::netsuite::store::id_in;

/// The items of a sublist.
pub(super) fn items<'a>(body: &'a Object, sublist: &str) -> &'a [Value] {
    let items = body.get(sublist).and_then(|sublist| sublist["items"].as_array());
    items.map_or(&[], Vec::as_slice)
}

/// The new items: `sent` laid over `old` by key, or alone where the sublist is replaced.
pub(super) fn merge(old: &[Value], sent: &[Value], (name, key): (&str, &str)) -> Result<Value, Refusal> {
    let mut all: Vec<Value> = old.to_vec();
    for line in sent {
        let Some(line) = line.as_object() else { continue };
        let wanted = key_of(line, key);
        let place = all
            .iter()
            .position(|own| wanted.is_some() && own.as_object().and_then(|own| key_of(own, key)) == wanted);
        match place {
            Some(place) => overlay(&mut all[place], line),
            None if key == "line" && wanted.is_some() && !old.is_empty() => {
                let wanted = wanted.unwrap_or_default();
                return Err(Refusal::user(format!("The sublist {name} has no line {wanted}.")));
            }
            None => all.push(Value::Object(line.clone())),
        }
    }
    number(&mut all, key);
    Ok(json!({"items": all}))
}

fn key_of(line: &Object, key: &str) -> Option<String> {
    match line.get(key)? {
        Value::String(text) => Some(text.clone()),
        value @ Value::Number(_) => decimal(value).map(|number| number.normalize().to_string()),
        reference => Some(id_in(Some(reference)).to_owned()),
    }
}

fn overlay(own: &mut Value, sent: &Object) {
    let Some(own) = own.as_object_mut() else { return };
    if (sent.contains_key("quantity") || sent.contains_key("rate")) && !sent.contains_key("amount") {
        own.remove("amount");
    }
    if sent.contains_key("amount") && !sent.contains_key("rate") {
        own.remove("rate");
    }
    for (name, value) in sent {
        if value.is_null() {
            own.remove(name);
        } else {
            own.insert(name.clone(), value.clone());
        }
    }
}

/// Gives lines without a number the next one.
fn number(lines: &mut [Value], key: &str) {
    if key == "doc" {
        return;
    }
    let used = |line: &Value| match &line[key] {
        Value::String(text) => text.parse().ok(),
        value => value.as_u64(),
    };
    let mut last = lines.iter().filter_map(used).max().unwrap_or(0);
    for line in lines.iter_mut().filter(|line| line[key].is_null()) {
        last += 1;
        line[key] = if key == "line" { json!(last) } else { json!(last.to_string()) };
    }
}
