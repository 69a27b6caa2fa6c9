//! The schema of an entity: its fields, what they hold, and which of them are personal.

use serde::{Deserialize, Serialize};

use super::FieldType;

/// One field of an entity, ours or a provider's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldSchema {
    /// Where it is: `name`, `address.city`, `lines[*].quantity`.
    pub path: String,
    /// What people call it.
    #[serde(default)]
    pub title: String,
    /// What it holds.
    #[serde(default)]
    pub kind: FieldType,
    /// Whether a record without it is incomplete.
    #[serde(default)]
    pub required: bool,
    /// Whether it can tell who somebody is, and so is sealed in the log.
    #[serde(default)]
    pub personal: bool,
    /// For an array: the member of its elements that names an element for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_key: Option<String>,
}

impl FieldSchema {
    /// A plain, optional field, with a title made of its path.
    pub fn new(path: &str, kind: FieldType) -> Self {
        let last = path.rsplit('.').next().unwrap_or(path).replace("[*]", "").replace('_', " ");
        let mut letters = last.chars();
        let title = letters.next().map(|first| first.to_uppercase().chain(letters).collect());
        let title = title.unwrap_or_default();
        Self { path: path.to_owned(), title, kind, required: false, personal: false, item_key: None }
    }

    /// The same, required.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The same, personal.
    #[must_use]
    pub fn personal(mut self) -> Self {
        self.personal = true;
        self
    }

    /// The same, with elements named by `member`.
    #[must_use]
    pub fn keyed_by(mut self, member: &str) -> Self {
        self.item_key = Some(member.to_owned());
        self
    }

    /// The top-level field it is part of.
    pub fn root(&self) -> &str {
        self.path.split(['.', '[']).next().unwrap_or(&self.path)
    }
}

/// An entity of ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntitySchema {
    /// Its key, such as `credit_note`.
    pub name: String,
    /// What people call it.
    #[serde(default)]
    pub title: String,
    /// Its fields, in the order people expect.
    pub fields: Vec<FieldSchema>,
    /// The field by which people tell two records apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub natural_key: Option<String>,
}

impl EntitySchema {
    /// The field at `path`, in the plain spelling.
    pub fn field(&self, path: &str) -> Option<&FieldSchema> {
        self.fields.iter().find(|field| field.path == path)
    }

    /// What the field at `path` holds; none for custom fields.
    pub fn kind(&self, path: &str) -> Option<FieldType> {
        self.field(path).map(|field| field.kind.clone())
    }

    /// The member that names the elements of the array at `array`.
    pub fn item_key(&self, array: &str) -> Option<&str> {
        self.field(array)?.item_key.as_deref()
    }

    /// Whether anything below the top-level field may be personal. A custom field may be.
    pub fn is_personal(&self, top_level: &str) -> bool {
        let mut known = self.fields.iter().filter(|field| field.root() == top_level).peekable();
        known.peek().is_none() || known.any(|field| field.personal)
    }
}
