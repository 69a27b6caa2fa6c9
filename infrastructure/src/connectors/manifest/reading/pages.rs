//! How pages follow each other.

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::fields::{FieldIs, Place};

/// How pages follow each other, and how the last one is known.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pages {
    /// Their kind.
    pub kind: PageKind,
    /// Rows asked for per page, at most 10,000.
    pub size: u32,
    /// `cursor`: where the answer has the token of the next page. `url`: where it has the next page's address.
    pub next: Option<Place>,
    /// `cursor`: where the last row has the token of the next page (`id`).
    pub next_item: Option<Place>,
    /// `cursor`: the header that has the token of the next page.
    pub next_header: Option<String>,
    /// `cursor`: tokens that mean there is no next page, beside the empty one.
    #[serde(default)]
    pub end: Vec<String>,
    /// What holds while there are more pages.
    pub more: Option<Box<FieldIs>>,
    /// `page`: where the answer has the number of the last page.
    pub last: Option<Place>,
    /// `rows`: where the answer has the number of all rows.
    pub total: Option<Place>,
    /// `keyset`: what `{last_id}` is before there is a row; below every id.
    #[serde(default)]
    pub first_id: String,
    /// Whether the provider gives the last page again for pages beyond it.
    #[serde(default)]
    pub repeats_last: bool,
    /// Most pages of one read.
    #[serde(default = "many")]
    pub max_pages: u32,
}

fn many() -> u32 {
    100_000
}

/// Kind of paging.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PageKind {
    /// A token for the next page (`{cursor}`), from the answer, its last row or a header; the last page has none.
    Cursor,
    /// Rows are counted (`{start}` or `{offset}`, `{limit}`); the last page has fewer than asked for, or reaches `total`.
    Rows,
    /// Pages are counted (`{page}`); the last page is number `last`, else has fewer rows than asked for.
    Page,
    /// The answer has the address of the next page, at the same origin; the last page has none.
    Url,
    /// The header `Link` has the address of the next page (RFC 8288, `rel="next"`); the last page has none.
    Link,
    /// Rows come by (time of change, id), and each page starts behind the last row (`{since}`, `{last_id}`); the last
    /// page has fewer rows than asked for.
    Keyset,
    /// One answer holds everything.
    Whole,
}
