//! Bodies as bytes: JSON, forms with brackets, XML, multipart.

use std::fmt::Write as _;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::connectors::manifest::{Encoding, encoded};

/// The body and its `Content-Type`.
pub(in super::super) fn encode(encoding: Encoding, content: &Value) -> (String, String) {
    match encoding {
        Encoding::Json => (content.to_string(), "application/json".to_owned()),
        Encoding::Form => (form(content), "application/x-www-form-urlencoded".to_owned()),
        Encoding::Xml => (xml(content), "application/xml".to_owned()),
        Encoding::Multipart => multipart(content),
    }
}

/// `name=Ada&items[0][price]=p_1`: nested members in brackets, arrays with explicit indexes, null as an empty value.
fn form(content: &Value) -> String {
    let mut pairs = Vec::new();
    flatten("", content, &mut pairs);
    let pair = |(name, value): &(String, String)| format!("{}={}", bracketed(name), encoded(value));
    pairs.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// A name with its brackets as they are, which every decoder of this notation takes.
fn bracketed(name: &str) -> String {
    encoded(name).replace("%5B", "[").replace("%5D", "]")
}

fn flatten(name: &str, value: &Value, pairs: &mut Vec<(String, String)>) {
    let below = |part: &str| if name.is_empty() { part.to_owned() } else { format!("{name}[{part}]") };
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(part, value)| flatten(&below(part), value, pairs));
        }
        // An empty array clears what is there.
        Value::Array(elements) if elements.is_empty() => pairs.push((name.to_owned(), String::new())),
        Value::Array(elements) => {
            elements
                .iter()
                .enumerate()
                .for_each(|(at, value)| flatten(&below(&at.to_string()), value, pairs));
        }
        scalar => pairs.push((name.to_owned(), plain(scalar))),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn xml(content: &Value) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    if let Value::Object(members) = content {
        members.iter().for_each(|(name, value)| element(name, value, &mut out));
    }
    out
}

/// An element; an array is the element repeated, `@name` an attribute, `#text` the text beside attributes.
fn element(name: &str, value: &Value, out: &mut String) {
    match value {
        Value::Array(elements) => elements.iter().for_each(|value| element(name, value, out)),
        Value::Object(members) => {
            let _ = write!(out, "<{name}");
            for (attribute, value) in members {
                if let Some(attribute) = attribute.strip_prefix('@') {
                    let _ = write!(out, " {attribute}=\"{}\"", escaped(&plain(value)));
                }
            }
            out.push('>');
            for (name, value) in members.iter().filter(|(name, _)| !name.starts_with('@')) {
                if name == "#text" {
                    out.push_str(&escaped(&plain(value)));
                } else {
                    element(name, value, out);
                }
            }
            let _ = write!(out, "</{name}>");
        }
        scalar => {
            let _ = write!(out, "<{name}>{}</{name}>", escaped(&plain(scalar)));
        }
    }
}

/// Text in XML. What XML cannot carry becomes U+FFFD.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(letter),
            letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => {
                out.push('\u{fffd}');
            }
            letter => out.push(letter),
        }
    }
    out
}

/// One part per member. The boundary is a digest of the content, so that the same content has the same bytes.
fn multipart(content: &Value) -> (String, String) {
    let boundary = format!("headwater-{}", &hex::encode(Sha256::digest(content.to_string()))[..32]);
    let mut body = String::new();
    for (name, value) in content.as_object().into_iter().flatten() {
        let name = name.replace(['"', '\r', '\n'], "_");
        let kind =
            if value.is_object() || value.is_array() { "Content-Type: application/json\r\n" } else { "" };
        let _ = write!(
            body,
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n{kind}\r\n{}\r\n",
            plain(value)
        );
    }
    let _ = write!(body, "--{boundary}--\r\n");
    (body, format!("multipart/form-data; boundary={boundary}"))
}
