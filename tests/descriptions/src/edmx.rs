//! OData metadata (CSDL in an EDMX document), as SAP Business One's Service Layer serves it: the properties of entities in
//! requests and answers, their kinds and the words of enumerations, and the properties that queries name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context as _;
use roxmltree::{Document, Node};
use serde_json::Value;

use super::{Exchange, Verdict};

/// Words of a `$filter` that are no properties.
const WORDS: [&str; 12] =
    ["and", "or", "eq", "ne", "gt", "ge", "lt", "le", "null", "startswith", "endswith", "contains"];

/// What a service says of itself.
#[derive(Default)]
pub struct Edmx {
    /// Properties and their types, by entity or complex type.
    types: BTreeMap<String, BTreeMap<String, String>>,
    /// Words of enumerations.
    words: BTreeMap<String, BTreeSet<String>>,
    /// Types of the entity sets.
    sets: BTreeMap<String, String>,
    /// Actions that are bound to an entity, with its type.
    actions: BTreeSet<(String, String)>,
    /// Functions and actions of the service itself: what they take, and what they answer.
    functions: BTreeMap<String, (BTreeSet<String>, String)>,
}

/// A path below the service's root, taken apart.
struct Asked<'p> {
    set: &'p str,
    of_one: bool,
    action: Option<&'p str>,
}

impl Edmx {
    /// Reads a document. Errors: it cannot be read, or is no XML.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path)?;
        Self::parse(&text).with_context(|| path.display().to_string())
    }

    /// Reads a document's text. Errors: it is no XML.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let document = Document::parse(text)?;
        let mut all = Self::default();
        for node in document.descendants().filter(Node::is_element) {
            all.take(node);
        }
        Ok(all)
    }

    fn take(&mut self, node: Node<'_, '_>) {
        let Some(name) = node.attribute("Name").map(str::to_owned) else { return };
        let child = |tag: &'static str| {
            let children = node.children().filter(move |child| child.tag_name().name() == tag);
            children.filter_map(|child| child.attribute("Type")).map(plain).next()
        };
        match node.tag_name().name() {
            "EntityType" | "ComplexType" => {
                let properties = node.children().filter(|child| child.tag_name().name() == "Property");
                let properties = properties.filter_map(|property| {
                    Some((property.attribute("Name")?.to_owned(), plain(property.attribute("Type")?)))
                });
                self.types.insert(name, properties.collect());
            }
            "EnumType" => {
                let members = node.children().filter_map(|member| member.attribute("Name"));
                self.words.insert(name, members.map(str::to_owned).collect());
            }
            "EntitySet" => {
                let of = node.attribute("EntityType").map(plain).unwrap_or_default();
                self.sets.insert(name, of);
            }
            "Action" if node.attribute("IsBound") == Some("true") => {
                self.actions.insert((name, child("Parameter").unwrap_or_default()));
            }
            "Action" | "Function" => {
                let takes = node.children().filter(|child| child.tag_name().name() == "Parameter");
                let takes = takes.filter_map(|parameter| parameter.attribute("Name")).map(str::to_owned);
                self.functions.insert(name, (takes.collect(), child("ReturnType").unwrap_or_default()));
            }
            _ => {}
        }
    }

    /// Holds an exchange against the types of the entities in it.
    pub(crate) fn check(&self, exchange: &Exchange) -> Verdict {
        let Some(asked) = exchange.path.strip_prefix("/b1s/v2/").map(Asked::of) else {
            return Verdict::Undescribed(exchange.summary());
        };
        let mut problems = Vec::new();
        if let Some((takes, gives)) = self.functions.get(asked.set).filter(|_| !asked.of_one) {
            let body = exchange.body_json().unwrap_or_default();
            let given = body.as_object().into_iter().flatten().map(|(name, _)| name);
            let unknown = given.filter(|name| !takes.contains(*name));
            problems.extend(unknown.map(|name| format!("request: `{name}` is no parameter")));
            if let Some(answer) = exchange.answer_json() {
                self.answer(gives, exchange.status, &answer, &mut problems);
            }
            return Verdict::Checked { operation: format!("{} {}", exchange.method, asked.name()), problems };
        }
        let Some(of) = self.sets.get(asked.set) else {
            return Verdict::Undescribed(exchange.summary());
        };
        if let Some(action) = asked.action
            && !self.actions.contains(&(action.to_owned(), of.clone()))
        {
            problems.push(format!("`{action}` is no action of `{of}`"));
        }
        self.query(of, exchange, &mut problems);
        if let Some(body) = exchange.body_json() {
            self.object(of, &body, ("request: ", &mut problems));
        }
        if let Some(answer) = exchange.answer_json() {
            self.answer(of, exchange.status, &answer, &mut problems);
        }
        problems.truncate(20);
        Verdict::Checked { operation: format!("{} {}", exchange.method, asked.name()), problems }
    }

    fn query(&self, of: &str, exchange: &Exchange, problems: &mut Vec<String>) {
        for (option, text) in exchange.parameters() {
            let names = match option.as_str() {
                "$filter" => names(&text),
                "$orderby" | "$select" => text
                    .split(',')
                    .filter_map(|part| part.split_whitespace().next())
                    .map(str::to_owned)
                    .collect(),
                _ => continue,
            };
            for name in names.iter().filter(|name| self.property(of, name).is_none()) {
                problems.push(format!("{option}: `{name}` is no property of `{of}`"));
            }
        }
    }

    fn answer(&self, of: &str, status: u16, answer: &Value, problems: &mut Vec<String>) {
        if status >= 400 {
            let texts = ["code", "message"].map(|name| answer["error"][name].is_string());
            if texts != [true, true] {
                problems.push(format!("answer: {status} without an error's code and message as texts"));
            }
            return;
        }
        match answer.get("value").and_then(Value::as_array) {
            Some(rows) => rows.iter().for_each(|row| self.object(of, row, ("answer: ", problems))),
            None => self.object(of, answer, ("answer: ", problems)),
        }
    }

    fn property(&self, of: &str, name: &str) -> Option<&String> {
        self.types.get(of)?.get(name)
    }

    fn object(&self, of: &str, value: &Value, (path, problems): (&str, &mut Vec<String>)) {
        let Some(members) = value.as_object() else {
            problems.push(format!("{path}it is no `{of}`"));
            return;
        };
        // User-defined fields are each installation's own.
        let described = |name: &str| !name.starts_with('@') && !name.starts_with("U_");
        for (name, member) in members.iter().filter(|(name, _)| described(name)) {
            match self.property(of, name) {
                None => problems.push(format!("{path}`{name}` is no property of `{of}`")),
                Some(_) if member.is_null() => {}
                Some(kind) => self.value(kind, member, (&format!("{path}{name}: "), problems)),
            }
        }
    }

    fn value(&self, kind: &str, value: &Value, (path, problems): (&str, &mut Vec<String>)) {
        if let Some(of) = kind.strip_prefix("Collection(").and_then(|rest| rest.strip_suffix(')')) {
            let Some(items) = value.as_array() else {
                return problems.push(format!("{path}it is no array"));
            };
            return items.iter().for_each(|item| self.value(&plain(of), item, (path, problems)));
        }
        if self.types.contains_key(kind) {
            return self.object(kind, value, (path, problems));
        }
        let fits = match (kind, self.words.get(kind)) {
            (_, Some(words)) => value.as_str().is_some_and(|word| words.contains(word)),
            ("Edm.Int32" | "Edm.Int16" | "Edm.Int64", _) => value.is_i64(),
            ("Edm.Double" | "Edm.Decimal", _) => value.is_number(),
            _ => value.is_string(),
        };
        if !fits {
            problems.push(format!("{path}{value} is no `{kind}`"));
        }
    }
}

impl<'p> Asked<'p> {
    fn of(path: &'p str) -> Self {
        let (set, rest) = path.split_once('(').unwrap_or((path, ""));
        let action = rest.rsplit_once(")/").map(|(_, action)| action);
        Self { set: set.split('/').next().unwrap_or(set), of_one: path.contains('('), action }
    }

    fn name(&self) -> String {
        let one = if self.of_one { "({key})" } else { "" };
        let action = self.action.map(|action| format!("/{action}")).unwrap_or_default();
        format!("/{}{one}{action}", self.set)
    }
}

/// A type without the schema's name.
fn plain(kind: &str) -> String {
    kind.replace("SAPB1.", "")
}

/// The properties that a filter names.
fn names(filter: &str) -> Vec<String> {
    let outside = filter.split('\'').step_by(2);
    let words = outside.flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'));
    let names = words.filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()));
    names.filter(|word| !WORDS.contains(word)).map(str::to_owned).collect()
}
