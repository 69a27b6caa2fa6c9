//! How records are read and found.

use schemars::JsonSchema;
use serde::Deserialize;

use super::errors::Matching;
use super::fields::{FieldIs, Place, Several, Spelling};
use super::request::Request;

mod bulk;
mod pages;

pub use bulk::{Bulk, BulkFormat, Download, Poll, Submit};
pub use pages::{PageKind, Pages};

/// One record by its id.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadOne {
    /// The call; `{id}` is the record's id.
    pub request: Request,
    /// Where the record stands in the answer; absent means the answer is the record.
    pub record: Option<Place>,
    /// Whether an answer under another id is another record, so that the one asked for is gone: a provider may answer the
    /// id of a record that was merged away with the record it was merged into.
    #[serde(default)]
    pub same_id: bool,
}

/// All records.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// The call.
    pub request: Request,
    /// Where the records stand.
    pub items: Place,
    /// Where the record stands inside an element (`node`); absent means the element is the record.
    pub record: Option<Place>,
    /// How pages follow each other.
    pub pages: Pages,
    /// In what order they come.
    #[serde(default)]
    pub order: Order,
    /// The elements only name records, which are then read one by one: for providers whose lists show no more than ids.
    pub event: Option<Box<EventOf>>,
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

/// What changed since a moment (`{since}`).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Changes {
    /// The call.
    pub request: Request,
    /// Where the records stand.
    pub items: Place,
    /// Where the record stands inside an element (`node`); absent means the element is the record.
    pub record: Option<Place>,
    /// How pages follow each other.
    pub pages: Pages,
    /// In what order they come.
    #[serde(default)]
    pub order: Order,
    /// How far before the last moment seen a reader starts again, in seconds: the provider's stamps may be late or
    /// coarse. What was seen already is left out.
    pub overlap_s: u64,
    /// The oldest moment it can be asked for, in seconds ago; beyond, everything is read again.
    pub look_back_s: Option<u64>,
    /// The elements are events about records, not records.
    pub event: Option<Box<EventOf>>,
    /// A change feed that is asked first, while the cursor is young enough.
    pub feed: Option<Box<Feed>>,
}

/// An event about a record. The record it names is read anew, once per page, so that the order of events is of no matter.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventOf {
    /// The record's id.
    pub id: Place,
    /// When it happened.
    pub at: Place,
    /// How `at` is spelled, where it is a number.
    pub at_as: Option<Spelling>,
    /// How an event says that the record is gone.
    pub deleted: Option<FieldIs>,
    /// Events that are left out.
    pub ignore: Option<FieldIs>,
    /// The whole record inside the event; given, it is taken instead of being read. Events must then come in order.
    pub record: Option<Place>,
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

/// Deletions, which stand apart; read when the changes have been.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deletions {
    /// The call.
    pub request: Request,
    /// Where they stand.
    pub items: Place,
    /// The id of the record; absent means where the entity has it.
    pub id: Option<Place>,
    /// When it was deleted; what is older than `{since}` is left out.
    pub at: Option<Place>,
    /// How pages follow each other.
    pub pages: Pages,
    /// The oldest moment it can be asked for, in seconds ago; beyond, everything is read again.
    pub look_back_s: Option<u64>,
}

/// A feed of changes with a token of its own, which the last page gives and the next read begins with.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Delta {
    /// The call; `{cursor}` is the token.
    pub request: Request,
    /// Where the records stand; several places are read one after the other.
    pub items: Several<Place>,
    /// Where the record stands inside an element; absent means the element is the record.
    pub record: Option<Place>,
    /// How a removed record is told.
    pub removed: Option<Removed>,
    /// How pages follow each other.
    pub pages: Pages,
    /// The token (or, with pages of kind `url`, the address) that the next read begins with.
    pub token: Place,
    /// The call that gives the token of this moment; `list` then reads everything. Absent: a read without a token gives
    /// everything.
    pub start: Option<Box<Request>>,
    /// Refusals, by status and code, after which the read begins again at the token it began with. What its pages have
    /// shown by then is dropped, so all of them are handed over together.
    #[serde(default)]
    pub restart: Vec<Matching>,
    /// Refusals, by status and code, that mean the token is no longer known: everything is read again.
    #[serde(default)]
    pub expired: Vec<Matching>,
}

/// How a removed record is told: by a list of its own, or by a mark.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Removed {
    /// A list of removed records.
    pub items: Option<Place>,
    /// The id of a record in it; absent means where the entity has it.
    pub id: Option<Place>,
    /// The mark on an element of the feed's items.
    pub when: Option<FieldIs>,
}

/// How records are looked up after an unknown outcome.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Finds {
    /// By our reference.
    pub reference: Option<Box<Search>>,
    /// By the natural key.
    pub natural_key: Option<Box<Search>>,
}

/// A search; `{value}` is what is searched for.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// The call.
    pub request: Request,
    /// Where the records stand; an object there is the one record found, null is none. Absent means that the answer is the
    /// one record, for providers that read a record by our reference.
    pub items: Option<Place>,
    /// Where the record stands inside an element; absent means the element is the record.
    pub record: Option<Place>,
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
