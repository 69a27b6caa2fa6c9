//! How records are written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::fields::{Members, Place};
use super::request::{Request, Tree};
use super::template::Hole;

mod batch;

pub use batch::{Apart, Batch};

/// A write. Its idempotency key goes where `{key}` stands in the request.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Write {
    /// The call; the method of a write is never `GET`.
    pub request: Request,
    /// What the record is made of.
    #[serde(default)]
    pub sends: Sends,
    /// Members of the record, by their place: constants, or text with holes (`Id = "{id}"`). They replace what is there.
    #[serde(default)]
    pub set: Members<Tree>,
    /// Members added where the record has none (`"IncomeAccountRef.value" = "{setting.income_account}"`).
    #[serde(default)]
    pub defaults: Members<Tree>,
    /// The same, left out where nothing fills them: a setting that only some connections have (`subsidiary`). Without a
    /// value for one of `defaults` the write is refused.
    #[serde(default)]
    pub optional_defaults: Members<Tree>,
    /// Members of the record that are never sent, because the provider works them out anew (`LineItems[*].TaxAmount`).
    #[serde(default)]
    pub omit: Vec<Place>,
    /// Members of the record that this call cannot change (links that are made with the record only): a write that would
    /// is refused before it is sent.
    #[serde(default)]
    pub fixed: Vec<Place>,
    /// Arrays that the provider would merge with its own, and a query parameter that makes it replace them.
    pub replaces: Option<Replaces>,
    /// Members that `request.body` finds elsewhere, by their new place (`"links.company" = "associatedcompanyid"`: read as
    /// a property, made by a link).
    #[serde(default)]
    pub moved: Members<Place>,
    /// Where `request.body` finds all other members (`{record.properties}`), beside those that were moved.
    pub under: Option<Place>,
    /// What a good answer shows.
    #[serde(default)]
    pub answers: Shows,
    /// Where the record stands in the answer; absent means the answer is the record.
    pub record: Option<Place>,
    /// `answers = "id"`: where the id stands in the answer.
    pub id: Option<Place>,
    /// `answers = "id"`: the header whose last segment is the id (`Location`).
    pub id_header: Option<String>,
    /// Whether the record is read after an answer that does not show it.
    #[serde(default)]
    pub read_back: bool,
    /// Whether the record is read just before, and compared with the version the write was made for: where the provider
    /// itself refuses no stale write.
    #[serde(default)]
    pub guard: bool,
    /// `create` only: the request names the record by `{reference}`, so that sending it again makes no second record.
    #[serde(default)]
    pub upsert: bool,
    /// `update` only: whether the body may hold changed fields alone.
    #[serde(default)]
    pub sparse: bool,
    /// Several writes of this kind in one call.
    pub batch: Option<Box<Batch>>,
}

impl Write {
    /// Every hole of the write.
    pub fn holes(&self) -> impl Iterator<Item = &Hole> {
        self.request.holes().chain(self.members().flat_map(|(_, tree)| tree.holes()))
    }

    /// Every member that is added to the record, with its place.
    pub fn members(&self) -> impl Iterator<Item = (&str, &Tree)> {
        self.set.iter().chain(&self.defaults).chain(&self.optional_defaults)
    }
}

/// Arrays of the record that are merged element by element, so that none would ever go, unless a query parameter names
/// them (`?replace=item,expense`). Those that a body has are named.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Replaces {
    /// The query parameter.
    pub parameter: String,
    /// The top-level members of the record that hold such arrays.
    pub members: Vec<String>,
}

/// What a record that is sent is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sends {
    /// The record's fields, and the members of `set`.
    #[default]
    Fields,
    /// The members of `set` alone.
    Set,
    /// No body.
    Nothing,
}

/// What a good answer to a write shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shows {
    /// The record as it is now; an answer without a body shows nothing.
    #[default]
    Record,
    /// Its id only.
    Id,
    /// Nothing of it.
    Nothing,
}
