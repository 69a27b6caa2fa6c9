//! What a parameter may hold, and the strict reading of a request against it.
//!
//! Read values: text, number and flag as JSON; a list as an array; an unset (`name=`) as `null`.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::currency;
use super::form::Node;
use super::refusal::Refusal;
use super::version::Version;
use crate::kit::decimals::Object;

/// What a parameter may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// Text of at most this many characters.
    Text(usize),
    /// An integer.
    Whole,
    /// `true` or `false`.
    Flag,
    /// Decimal text with at most twelve places.
    Decimal,
    /// A lower-case currency code; upper case is taken and lowered.
    Currency,
    /// An address of electronic mail.
    Email,
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// Named values.
    Part(&'static [Param]),
    /// Objects under explicit indexes.
    Many(&'static [Param]),
    /// Texts under indexes or `[]`.
    Texts(usize),
    /// At most 50 pairs; an empty value takes one out.
    Metadata,
    /// A number, or `gt`, `gte`, `lt`, `lte`.
    Range,
    /// Known to the provider and not to the simulator.
    Unmodelled,
}

/// One parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Param {
    pub(crate) name: &'static str,
    shape: Shape,
    required: bool,
    unsettable: bool,
    from: u32,
    before: u32,
}

impl Param {
    pub(crate) const fn new(name: &'static str, shape: Shape) -> Self {
        Self { name, shape, required: false, unsettable: false, from: 0, before: u32::MAX }
    }

    /// Must be there.
    pub(crate) const fn req(mut self) -> Self {
        self.required = true;
        self
    }

    /// Can be unset with an empty value.
    pub(crate) const fn unset(mut self) -> Self {
        self.unsettable = true;
        self
    }

    /// Since this version only.
    pub(crate) const fn from(mut self, date: u32) -> Self {
        self.from = date;
        self
    }

    /// Before this version only.
    pub(crate) const fn before(mut self, date: u32) -> Self {
        self.before = date;
        self
    }

    fn is_in(&self, version: &Version) -> bool {
        version.since(self.from) && !version.since(self.before)
    }
}

pub(crate) const fn text(name: &'static str) -> Param {
    Param::new(name, Shape::Text(5000))
}

pub(crate) const fn short(name: &'static str, max: usize) -> Param {
    Param::new(name, Shape::Text(max))
}

pub(crate) const fn whole(name: &'static str) -> Param {
    Param::new(name, Shape::Whole)
}

pub(crate) const fn flag(name: &'static str) -> Param {
    Param::new(name, Shape::Flag)
}

pub(crate) const fn choice(name: &'static str, of: &'static [&'static str]) -> Param {
    Param::new(name, Shape::Choice(of))
}

pub(crate) const fn part(name: &'static str, of: &'static [Param]) -> Param {
    Param::new(name, Shape::Part(of))
}

pub(crate) const fn unmodelled(name: &'static str) -> Param {
    Param::new(name, Shape::Unmodelled)
}

pub(crate) const METADATA: Param = Param::new("metadata", Shape::Metadata).unset();
const EXPAND: Param = Param::new("expand", Shape::Texts(5000));

/// Reads a request's parameters. `expand` goes everywhere.
pub(crate) fn read(params: &'static [Param], given: &Node, version: &Version) -> Result<Object, Refusal> {
    let reader = Reader { version };
    let mut read = Object::new();
    for (name, node) in given.entries() {
        let param = find(params, name, version)
            .or_else(|| (name == "expand").then_some(&EXPAND))
            .ok_or_else(|| Refusal::unknown_parameter(name))?;
        read.insert(name.clone(), reader.value(param, name, node)?);
    }
    required(params, &read, "", version)?;
    Ok(read)
}

fn find(params: &'static [Param], name: &str, version: &Version) -> Option<&'static Param> {
    params.iter().find(|param| param.name == name && param.is_in(version))
}

fn required(params: &[Param], read: &Object, path: &str, version: &Version) -> Result<(), Refusal> {
    let missing =
        params.iter().find(|param| param.required && param.is_in(version) && !read.contains_key(param.name));
    missing.map_or(Ok(()), |param| Err(Refusal::missing(&below(path, param.name))))
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}[{name}]") }
}

fn invalid(path: &str, message: impl Into<String>) -> Refusal {
    Refusal::invalid("", path, message)
}

struct Reader<'a> {
    version: &'a Version,
}

impl Reader<'_> {
    fn value(&self, param: &'static Param, path: &str, node: &Node) -> Result<Value, Refusal> {
        if matches!(param.shape, Shape::Unmodelled) {
            return Err(Refusal::not_modelled(format!("parameter {path}"), path));
        }
        if *node == Node::Leaf(String::new()) {
            return if param.unsettable { Ok(Value::Null) } else { Err(Refusal::empty(path)) };
        }
        match (param.shape, node) {
            (Shape::Part(params), Node::Branch(_)) => self.object(params, path, node),
            (Shape::Many(params), Node::Branch(entries)) => self.many(params, path, entries),
            (Shape::Texts(max), Node::Branch(entries)) => texts(max, path, entries),
            (Shape::Metadata, Node::Branch(entries)) => metadata(path, entries),
            (Shape::Range, Node::Branch(entries)) => range(path, entries),
            (Shape::Range, Node::Leaf(text)) => Ok(json!({"eq": integer(path, text)?})),
            (Shape::Part(_) | Shape::Metadata, Node::Leaf(_)) => {
                Err(Refusal::invalid("", path, "Invalid object"))
            }
            (Shape::Many(_) | Shape::Texts(_), Node::Leaf(_)) => {
                Err(Refusal::invalid("", path, "Invalid array"))
            }
            (shape, Node::Leaf(text)) => leaf(shape, path, text),
            (_, Node::Branch(_)) => Err(invalid(path, format!("Invalid string: {path} has brackets"))),
        }
    }

    fn object(&self, params: &'static [Param], path: &str, node: &Node) -> Result<Value, Refusal> {
        let mut read = Object::new();
        for (name, node) in node.entries() {
            let path = below(path, name);
            let param = find(params, name, self.version).ok_or_else(|| Refusal::unknown_parameter(&path))?;
            read.insert(name.clone(), self.value(param, &path, node)?);
        }
        required(params, &read, path, self.version)?;
        Ok(Value::Object(read))
    }

    /// Objects need explicit indexes: with `[]` nobody can tell which fields belong together
    /// (fact sheet, "Traps").
    fn many(
        &self,
        params: &'static [Param],
        path: &str,
        entries: &[(String, Node)],
    ) -> Result<Value, Refusal> {
        let mut items: Vec<(usize, Value)> = Vec::new();
        for (name, node) in entries {
            let at: usize = name.parse().map_err(|_| invalid(path, "Invalid array: use explicit indexes"))?;
            let path = below(path, name);
            if matches!(node, Node::Leaf(_)) {
                return Err(invalid(&path, "Invalid object"));
            }
            items.push((at, self.object(params, &path, node)?));
        }
        items.sort_by_key(|(at, _)| *at);
        Ok(items.into_iter().map(|(_, item)| item).collect())
    }
}

fn texts(max: usize, path: &str, entries: &[(String, Node)]) -> Result<Value, Refusal> {
    let mut items = Vec::new();
    for (at, (name, node)) in entries.iter().enumerate() {
        let place =
            if name.is_empty() { at } else { name.parse().map_err(|_| invalid(path, "Invalid array"))? };
        let path = format!("{path}[{place}]");
        let Node::Leaf(text) = node else { return Err(invalid(&path, "Invalid string")) };
        items.push(leaf(Shape::Text(max), &path, text)?);
    }
    Ok(Value::Array(items))
}

fn metadata(path: &str, entries: &[(String, Node)]) -> Result<Value, Refusal> {
    let mut pairs = Object::new();
    for (name, node) in entries {
        let path = below(path, name);
        let Node::Leaf(text) = node else {
            return Err(invalid(
                &path,
                "Metadata values must be strings, but for key you passed in a value of type object",
            ));
        };
        if name.is_empty() || name.chars().count() > 40 {
            return Err(invalid(&path, "Metadata keys must be between 1 and 40 characters long"));
        }
        if text.chars().count() > 500 {
            return Err(invalid(&path, "Metadata values can have up to 500 characters"));
        }
        let value = if text.is_empty() { Value::Null } else { Value::from(text.as_str()) };
        pairs.insert(name.clone(), value);
    }
    Ok(Value::Object(pairs))
}

fn range(path: &str, entries: &[(String, Node)]) -> Result<Value, Refusal> {
    let mut bounds = Object::new();
    for (name, node) in entries {
        let path = below(path, name);
        if !matches!(name.as_str(), "gt" | "gte" | "lt" | "lte") {
            return Err(Refusal::unknown_parameter(&path));
        }
        let Node::Leaf(text) = node else { return Err(invalid(&path, "Invalid integer")) };
        bounds.insert(name.clone(), json!(integer(&path, text)?));
    }
    Ok(Value::Object(bounds))
}

fn integer(path: &str, text: &str) -> Result<i64, Refusal> {
    text.parse()
        .map_err(|_| Refusal::invalid("parameter_invalid_integer", path, format!("Invalid integer: {text}")))
}

fn leaf(shape: Shape, path: &str, text: &str) -> Result<Value, Refusal> {
    match shape {
        Shape::Whole => Ok(json!(integer(path, text)?)),
        Shape::Flag => match text {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(invalid(path, format!("Invalid boolean: {text}"))),
        },
        Shape::Decimal => {
            let number: Option<Decimal> = text.parse().ok().filter(|number: &Decimal| number.scale() <= 12);
            let number = number.ok_or_else(|| {
                invalid(
                    path,
                    format!("Invalid decimal: {text}; must contain at maximum twelve decimal places."),
                )
            })?;
            Ok(json!(number.normalize().to_string()))
        }
        Shape::Currency => {
            let code = text.to_ascii_lowercase();
            currency::exponent(&code)
                .ok_or_else(|| invalid(path, format!("Invalid currency: {text}. Stripe currently supports these currencies: usd, eur, gbp, …")))?;
            Ok(json!(code))
        }
        Shape::Email => {
            let fits = text.split_once('@').is_some_and(|(name, host)| {
                !name.is_empty() && host.contains('.') && !text.contains(char::is_whitespace)
            });
            if !fits {
                let message = format!("Invalid email address: {text}");
                return Err(Refusal::invalid("email_invalid", path, message));
            }
            bounded(path, text, 512)
        }
        Shape::Choice(of) if !of.contains(&text) => {
            Err(invalid(path, format!("Invalid {path}: must be one of {}", of.join(", "))))
        }
        Shape::Text(max) => bounded(path, text, max),
        _ => Ok(json!(text)),
    }
}

fn bounded(path: &str, text: &str, max: usize) -> Result<Value, Refusal> {
    if text.chars().count() > max {
        let start: String = text.chars().take(20).collect();
        return Err(invalid(path, format!("Invalid string: {start}...; must be at most {max} characters")));
    }
    Ok(json!(text))
}
