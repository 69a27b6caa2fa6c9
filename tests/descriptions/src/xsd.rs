//! XML schemas of entities that travel as JSON, as QuickBooks Online's do: members are the elements and attributes of
//! the type, repeated elements are arrays, and a reference is `{value, name}`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::Context as _;
use roxmltree::{Document, Node};
use serde_json::Value;

use super::{Exchange, Verdict};

/// The types of some schemas.
#[derive(Default)]
pub struct Xsd {
    /// Elements and attributes by type.
    types: BTreeMap<String, Kind>,
    /// Entities that stand by themselves, with their types.
    roots: BTreeMap<String, String>,
    /// Words of enumerations by type.
    words: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Default)]
struct Kind {
    base: Option<String>,
    /// Name, type, and whether it repeats.
    members: BTreeMap<String, (String, bool)>,
    /// Whether it is a text with attributes.
    is_text: bool,
}

/// What encloses entities in answers and batches.
const ENVELOPES: [&str; 5] =
    ["QueryResponse", "CDCResponse", "BatchItemRequest", "BatchItemResponse", "BatchItem"];

impl Xsd {
    /// Reads schemas.
    ///
    /// Errors: one cannot be read, or is no XML.
    pub fn read(paths: &[PathBuf]) -> anyhow::Result<Self> {
        let mut all = Self::default();
        for path in paths {
            let text = std::fs::read_to_string(path)?;
            let document = Document::parse(&text).with_context(|| path.display().to_string())?;
            all.take(document.root_element());
        }
        Ok(all)
    }

    fn take(&mut self, schema: Node<'_, '_>) {
        for node in schema.children().filter(Node::is_element) {
            let Some(name) = node.attribute("name") else { continue };
            match node.tag_name().name() {
                "complexType" => {
                    self.types.insert(name.to_owned(), Kind::of(node));
                }
                "simpleType" => {
                    let words = node.descendants().filter(|inner| inner.has_tag_name_local("enumeration"));
                    let words =
                        words.filter_map(|inner| inner.attribute("value")).map(str::to_owned).collect();
                    self.words.insert(name.to_owned(), words);
                }
                "element" => {
                    if let Some(kind) = node.attribute("type") {
                        self.roots.insert(name.to_owned(), local(kind));
                    }
                }
                _ => {}
            }
        }
    }

    /// Holds an exchange against the types of the entities in it.
    pub(crate) fn check(&self, exchange: &Exchange) -> Verdict {
        let Some(rest) = exchange.path.strip_prefix("/v3/company/") else {
            return Verdict::Undescribed(exchange.summary());
        };
        let what = rest.split('/').nth(1).unwrap_or_default().to_owned();
        let mut problems = Vec::new();
        if exchange.status < 400
            && let Some(body) = exchange.body_json()
        {
            match self.root(&what) {
                Some(kind) => self.object(kind, &body, (&format!("request {what}"), &mut problems)),
                None => self.envelope(&body, ("request", &mut problems)),
            }
        }
        if let Some(answer) = exchange.answer_json() {
            self.envelope(&answer, ("answer", &mut problems));
        }
        problems.truncate(20);
        Verdict::Checked { operation: format!("{} {what}", exchange.method), problems }
    }

    /// The type of an entity, letter case aside: paths are in lower case.
    fn root(&self, name: &str) -> Option<&str> {
        self.roots.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, kind)| kind.as_str())
    }

    /// Entities inside what encloses them.
    fn envelope(&self, value: &Value, (path, problems): (&str, &mut Vec<String>)) {
        match value {
            Value::Array(items) => {
                for item in items {
                    self.envelope(item, (path, problems));
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    if ENVELOPES.contains(&name.as_str()) {
                        self.envelope(member, (&format!("{path} {name}"), problems));
                    } else if let Some(kind) = self.roots.get(name) {
                        let items = member.as_array().map_or(std::slice::from_ref(member), Vec::as_slice);
                        for item in items {
                            self.object(kind, item, (&format!("{path} {name}"), problems));
                        }
                    }
                }
            }
            _ => {}
        }
    }

    fn object(&self, kind: &str, value: &Value, (path, problems): (&str, &mut Vec<String>)) {
        let Some(members) = value.as_object() else {
            problems.push(format!("`{path}` is no object"));
            return;
        };
        for (name, member) in members {
            let path = format!("{path}.{name}");
            match self.member(kind, name) {
                Some((kind, repeats)) => self.member_value(&kind, repeats, member, (&path, problems)),
                None => problems.push(format!("`{path}` is not described")),
            }
        }
    }

    fn member_value(
        &self,
        kind: &str,
        repeats: bool,
        value: &Value,
        (path, problems): (&str, &mut Vec<String>),
    ) {
        match (repeats, value) {
            (true, Value::Array(items)) => {
                for item in items {
                    self.member_value(kind, false, item, (path, problems));
                }
            }
            (true, _) => problems.push(format!("`{path}` repeats and is no array")),
            (false, _) if self.types.contains_key(kind) => self.object(kind, value, (path, problems)),
            (false, Value::Object(_) | Value::Array(_)) => problems.push(format!("`{path}` is one value")),
            (false, Value::String(word)) => {
                let words = self.words.get(kind).filter(|words| !words.is_empty());
                if words.is_some_and(|words| !words.contains(word)) {
                    problems.push(format!("`{path}` is no {kind}: {word}"));
                }
            }
            (false, _) => {}
        }
    }

    /// A member of a type or of what it extends.
    fn member(&self, kind: &str, name: &str) -> Option<(String, bool)> {
        let described = self.types.get(kind)?;
        if described.is_text && name == "value" {
            return Some(("string".to_owned(), false));
        }
        let own = described.members.get(name).cloned();
        own.or_else(|| self.member(described.base.as_deref()?, name))
    }
}

impl Kind {
    fn of(node: Node<'_, '_>) -> Self {
        let mut kind = Self::default();
        for inner in node.descendants().filter(Node::is_element) {
            match inner.tag_name().name() {
                "extension" => kind.base = inner.attribute("base").map(local),
                "simpleContent" => kind.is_text = true,
                "element" | "attribute" => {
                    let name = inner.attribute("name").or_else(|| inner.attribute("ref"));
                    let Some(name) = name.map(local) else { continue };
                    let repeats = inner.attribute("maxOccurs").is_some_and(|most| most != "1" && most != "0");
                    let kind_of = inner.attribute("type").map_or_else(|| name.clone(), local);
                    kind.members.insert(name, (kind_of, repeats));
                }
                _ => {}
            }
        }
        kind
    }
}

trait Local {
    fn has_tag_name_local(&self, name: &str) -> bool;
}

impl Local for Node<'_, '_> {
    fn has_tag_name_local(&self, name: &str) -> bool {
        self.tag_name().name() == name
    }
}

/// A name without its prefix.
fn local(name: &str) -> String {
    name.rsplit(':').next().unwrap_or_default().to_owned()
}
