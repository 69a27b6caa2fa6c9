//! The opaque position between two pages.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::problem::Problem;
use crate::faults::mix;

/// Where the next page begins: after this record, in the order of the query it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    /// Digest of the query's filters; a cursor is refused under another query.
    pub(super) filter: u64,
    pub(super) stamp_ms: i64,
    pub(super) number: u32,
}

impl Cursor {
    pub(super) fn encode(self) -> String {
        let text = format!("{:x}.{}.{}", self.filter, self.stamp_ms, self.number);
        BASE64_URL_SAFE_NO_PAD.encode(text)
    }

    pub(super) fn decode(text: &str, filter: u64) -> Result<Self, Problem> {
        let cursor = Self::parse(text)
            .ok_or_else(|| Problem::bad_request("cursor", "this API did not make the cursor"))?;
        if cursor.filter == filter {
            Ok(cursor)
        } else {
            let message = "the cursor belongs to a query with other filters";
            Err(Problem::bad_request("cursor", message))
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let mut parts = text.split('.');
        let cursor = Self {
            filter: u64::from_str_radix(parts.next()?, 16).ok()?,
            stamp_ms: parts.next()?.parse().ok()?,
            number: parts.next()?.parse().ok()?,
        };
        parts.next().is_none().then_some(cursor)
    }
}

/// A digest of a query's filters.
pub(super) fn digest(filters: &str) -> u64 {
    filters.bytes().fold(0, |hash, byte| mix(hash ^ u64::from(byte)))
}
