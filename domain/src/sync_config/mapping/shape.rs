//! What a provider's entity looks like, as far as its manifest says.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::catalogue::{FieldSchema, FieldType};
use crate::sync_config::field_path::{FieldPath, Segment};

/// A provider's entity.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RemoteShape {
    /// Its fields; when empty, any field may be mapped.
    pub fields: Vec<FieldSchema>,
    /// Whether it may have top-level fields that are not listed (custom fields).
    pub open: bool,
    /// Its arrays that are mapped element by element.
    pub arrays: Vec<RemoteArray>,
}

/// An array of a provider's entity.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoteArray {
    /// Where it is, such as `Line`.
    pub path: String,
    /// The member that names an element for good, such as `Id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// An element in which one of these members has this value is the provider's own: it is neither compared nor sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub computed: Vec<(String, Value)>,
}

impl RemoteShape {
    /// A shape of which nothing is known.
    pub fn unknown() -> Self {
        Self { open: true, ..Self::default() }
    }

    /// What the field at `path` holds.
    pub fn kind(&self, path: &FieldPath) -> FieldType {
        find(&self.fields, path).kind()
    }

    /// The array at `path`.
    pub fn array(&self, path: &FieldPath) -> Option<&RemoteArray> {
        let path = path.to_string();
        self.arrays.iter().find(|array| array.path == path)
    }
}

/// What a list of fields says about a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// It is one of them.
    Listed(FieldType),
    /// It lies in something that may hold anything.
    Open,
    /// It is none of them.
    Unknown,
}

impl Named {
    /// The type, `any` where it is not said.
    pub(crate) fn kind(self) -> FieldType {
        match self {
            Self::Listed(kind) => kind,
            Self::Open | Self::Unknown => FieldType::Any,
        }
    }
}

/// Looks `path` up in `fields`; an index is as good as `[*]`.
pub(crate) fn find(fields: &[FieldSchema], path: &FieldPath) -> Named {
    let wanted = schema_spelling(path);
    if let Some(field) = fields.iter().find(|field| field.path == wanted) {
        return Named::Listed(field.kind.clone());
    }
    let inside_open = fields.iter().any(|field| {
        let holder = matches!(field.kind, FieldType::Object | FieldType::Array | FieldType::Any);
        holder
            && is_below(&wanted, &field.path)
            && !fields.iter().any(|other| is_below(&other.path, &field.path))
    });
    let holds_listed = fields.iter().any(|field| is_below(&field.path, &wanted));
    match (inside_open, holds_listed) {
        (true, _) => Named::Open,
        (_, true) if wanted.ends_with("[*]") => Named::Listed(FieldType::Any),
        (_, true) => Named::Listed(FieldType::Object),
        _ => Named::Unknown,
    }
}

fn is_below(path: &str, parent: &str) -> bool {
    path.strip_prefix(parent).is_some_and(|rest| rest.starts_with(['.', '[']))
}

fn schema_spelling(path: &FieldPath) -> String {
    let text = path.to_string();
    let indexes = path.segments().iter().filter_map(|segment| match segment {
        Segment::Index(index) => Some(format!("[{index}]")),
        _ => None,
    });
    indexes.fold(text, |text, index| text.replacen(&index, "[*]", 1))
}
