//! Where a reader has got to. Outside this module a cursor is an opaque text.

use std::collections::VecDeque;

use application::ports::connector::{Cursor, RemoteRecord};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Most records that a cursor remembers as seen.
const REMEMBERED: usize = 50;
/// How far a quiet reader stays behind the provider's clock.
const QUIET_MARGIN: TimeDelta = TimeDelta::hours(1);

/// Which call is being read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Leg {
    /// Everything.
    #[default]
    List,
    /// The change feed.
    Feed,
    /// What changed since.
    Changes,
    /// Nothing yet: an incremental read begins here.
    Resume,
}

/// A record that was handed over: when it changed, and what it was, in a few characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark(i64, String);

/// A place in a read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Position {
    /// The call.
    pub(super) leg: Leg,
    /// The provider's token or address of the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) token: Option<String>,
    /// Rows passed.
    #[serde(default)]
    pub(super) offset: u64,
    /// What `{since}` says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) since: Option<DateTime<Utc>>,
    /// Where the incremental read began; for `Resume`, where it will.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) base: Option<DateTime<Utc>>,
    /// The provider's clock at the first page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) began: Option<DateTime<Utc>>,
    /// The latest change seen in this read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) newest: Option<DateTime<Utc>>,
    /// Records that may come again because reads overlap.
    #[serde(default)]
    pub(super) seen: VecDeque<Mark>,
}

impl Position {
    /// The position that a text stands for.
    pub(super) fn parse(cursor: &str) -> Option<Self> {
        serde_json::from_str(cursor).ok()
    }

    /// As a text.
    pub(super) fn cursor(&self) -> Cursor {
        serde_json::to_string(self).expect("a position is made of texts and numbers")
    }

    /// Whether `record` was handed over already, as it is now. If not, it is remembered.
    pub(super) fn is_repeated(&mut self, record: &RemoteRecord, overlap: TimeDelta) -> bool {
        let Some(at) = record.updated_at else { return false };
        let newest = self.newest.map_or(at, |newest| newest.max(at));
        self.newest = Some(newest);
        if self.knows(record, at) {
            return true;
        }
        if at < newest - overlap {
            return false;
        }
        if self.seen.len() == REMEMBERED {
            self.seen.pop_front();
        }
        self.seen.push_back(Mark(at.timestamp_millis(), mark(record)));
        false
    }

    fn knows(&self, record: &RemoteRecord, at: DateTime<Utc>) -> bool {
        let at = at.timestamp_millis();
        self.seen.iter().any(|Mark(when, _)| *when == at) && {
            let mark = mark(record);
            self.seen.iter().any(|known| known.0 == at && known.1 == mark)
        }
    }

    /// Where the next incremental read begins, now that this one has ended. Never later than what this read surely
    /// covered: the provider's clock at its first page, and the latest change it showed.
    pub(super) fn resume(&self, by_time: bool) -> Option<Self> {
        let covered = match (self.began, self.newest) {
            (Some(began), Some(newest)) => Some(began.min(newest)),
            (None, Some(newest)) if by_time || self.base.is_some() => Some(newest),
            (Some(began), None) if self.base.is_some() => Some(began - QUIET_MARGIN),
            (began, _) => began,
        };
        let base = covered.max(self.base)?;
        Some(Self { leg: Leg::Resume, base: Some(base), seen: self.seen.clone(), ..Self::default() })
    }
}

/// What tells one state of a record from another, in 11 characters.
fn mark(record: &RemoteRecord) -> String {
    let mut hash = Sha256::new();
    hash.update(&record.id);
    hash.update([0, u8::from(record.deleted)]);
    match &record.version_token {
        Some(token) => hash.update(token),
        None => hash.update(record.body.get()),
    }
    BASE64_URL_SAFE_NO_PAD.encode(&hash.finalize()[..8])
}
