//! Bodies as manifests write them: tables, arrays, constants, and texts with holes.

use std::borrow::Cow;
use std::fmt;

use domain::fields::Fields;
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::super::context::Json;
use super::super::template::{Hole, Part, Slot, Template, TemplateError, Values};

/// Deepest tree.
const DEEPEST: usize = 16;

/// A body, or a part of one. A text that is nothing but one hole keeps the type of what fills it: `"{limit}"` becomes
/// a number, `"{record}"` the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    /// A constant.
    Constant(Value),
    /// Text with holes.
    Text(Template<Json>),
    /// Members; one whose hole has no value is left out.
    Object(Box<[(String, Tree)]>),
    /// Elements; one that has holes, none of which has a value, is left out.
    Array(Box<[Tree]>),
}

impl Tree {
    /// The body. Errors: a hole without a value where nothing can be left out, a value that cannot stand there.
    pub fn fill(&self, values: &Values<'_>) -> Result<Value, TemplateError> {
        match self {
            Self::Constant(value) => Ok(value.clone()),
            Self::Text(template) => text(template, values),
            Self::Object(members) => {
                Self::fill_members(members.iter().map(|(name, tree)| (name.as_str(), tree)), values)
            }
            Self::Array(elements) => {
                let said = elements.iter().filter(|tree| !tree.is_hollow(values));
                let filled = said.map(|tree| optional(tree.fill(values)));
                Ok(Value::Array(filled.filter_map(Result::transpose).collect::<Result<_, _>>()?))
            }
        }
    }

    /// The object of these members; one whose hole has no value is left out.
    pub fn fill_members<'a>(
        members: impl Iterator<Item = (&'a str, &'a Self)>,
        values: &Values<'_>,
    ) -> Result<Value, TemplateError> {
        let mut filled = Fields::new();
        for (name, tree) in members {
            if let Some(value) = optional(tree.fill(values))? {
                filled.insert(name.to_owned(), value);
            }
        }
        Ok(Value::Object(filled))
    }

    /// Every hole.
    pub fn holes(&self) -> Box<dyn Iterator<Item = &Hole> + '_> {
        match self {
            Self::Constant(_) => Box::new(std::iter::empty()),
            Self::Text(template) => Box::new(template.holes()),
            Self::Object(members) => Box::new(members.iter().flat_map(|(_, tree)| tree.holes())),
            Self::Array(elements) => Box::new(elements.iter().flat_map(Self::holes)),
        }
    }

    /// Whether it has holes, and none of them has a value.
    pub fn is_hollow(&self, values: &Values<'_>) -> bool {
        let mut holes = self.holes().peekable();
        holes.peek().is_some() && holes.all(|hole| !values.has(hole))
    }

    fn depth(&self) -> usize {
        match self {
            Self::Constant(_) | Self::Text(_) => 1,
            Self::Object(members) => 1 + members.iter().map(|(_, tree)| tree.depth()).max().unwrap_or(0),
            Self::Array(elements) => 1 + elements.iter().map(Self::depth).max().unwrap_or(0),
        }
    }
}

fn text(template: &Template<Json>, values: &Values<'_>) -> Result<Value, TemplateError> {
    if let [Part::Hole(Slot { hole, format: None })] = template.parts()
        && let Some(value) = values.json(hole)
    {
        return Ok(value);
    }
    template.fill(values).map(Value::String)
}

/// Nothing for a member whose hole has no value.
fn optional(filled: Result<Value, TemplateError>) -> Result<Option<Value>, TemplateError> {
    match filled {
        Ok(value) => Ok(Some(value)),
        Err(TemplateError::Absent { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tree = deserializer.deserialize_any(TreeVisitor)?;
        if tree.depth() > DEEPEST {
            return Err(de::Error::custom("the body is nested more than 16 levels deep"));
        }
        Ok(tree)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text with holes, a whole number, true or false, a table or an array of these")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Constant(value.into()))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Constant(value.into()))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Tree, E> {
        Template::parse(value).map(Tree::Text).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Tree, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = seq.next_element()? {
            elements.push(element);
        }
        Ok(Tree::Array(elements.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Tree::Object(members.into()))
    }
}

impl schemars::JsonSchema for Tree {
    fn schema_name() -> Cow<'static, str> {
        "Tree".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A body or a part of one: tables, arrays, constants, and texts with holes. A text that is nothing but one hole keeps the type of what fills it.",
            "type": ["string", "integer", "boolean", "object", "array"]
        })
    }
}
