//! How records are read and found.

use schemars::JsonSchema;
use serde::Deserialize;

use super::fields::Place;
use super::request::Request;

/// One record by its id.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadOne {
    /// The call; `{id}` is the record's id.
    pub request: Request,
    /// Where the record stands in the answer; absent means the answer is the record.
    pub record: Option<Place>,
}

/// All records.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// The call.
    pub request: Request,
    /// Where the records stand.
    pub items: Place,
    /// How pages follow each other.
    pub pages: Pages,
    /// In what order they come.
    #[serde(default)]
    pub order: Order,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// None that can be relied on.
    #[default]
    None,
    /// By the time of the last change, and the call takes `{since}`: each page starts at the last time seen instead of
    /// counting rows, so that changes during the reading move nothing past the reader.
    UpdatedAt,
}

/// How pages follow each other.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pages {
    /// Their kind.
    pub kind: PageKind,
    /// Rows asked for per page, at most 1,000.
    pub size: u32,
    /// `cursor`: where the answer has the token of the next page. `url`: where it has the next page's address.
    pub next: Option<Place>,
}

/// Kind of paging.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PageKind {
    /// The answer has a token for the next page (`{cursor}`); the last page has none.
    Cursor,
    /// Rows are counted (`{start}` or `{offset}`, `{limit}`); the last page has fewer than asked for.
    Rows,
    /// The answer has the address of the next page, at the same origin; the last page has none.
    Url,
    /// One answer holds everything.
    Whole,
}

/// What changed since a moment (`{since}`).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Changes {
    /// The call.
    pub request: Request,
    /// Where the records stand.
    pub items: Place,
    /// How pages follow each other.
    pub pages: Pages,
    /// In what order they come.
    #[serde(default)]
    pub order: Order,
    /// How far before the last moment seen a reader starts again, in seconds: the provider's stamps may be late or
    /// coarse. What was seen already is left out.
    pub overlap_s: u64,
    /// A change feed that is asked first, while the cursor is young enough.
    pub feed: Option<Feed>,
}

/// A change feed: one answer with everything since a moment, deletions included, up to a cap.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    /// The call.
    pub request: Request,
    /// Where the records stand.
    pub items: Place,
    /// An answer with this many records may be cut off; the reader goes on with the changes call.
    pub cap: usize,
    /// The oldest moment it can be asked for, in seconds ago.
    pub look_back_s: u64,
}

/// How records are looked up after an unknown outcome.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Finds {
    /// By our reference.
    pub reference: Option<Search>,
    /// By the natural key.
    pub natural_key: Option<Search>,
}

/// A search; `{value}` is what is searched for.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// The call.
    pub request: Request,
    /// Where the records stand.
    pub items: Place,
}

/// A field that carries something of ours.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Carried {
    /// The field.
    pub field: Place,
    /// Most characters it takes.
    pub max_length: Option<usize>,
}
