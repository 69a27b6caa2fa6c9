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
pub(in super::super) enum Leg {
    /// Everything.
    #[default]
    List,
    /// Everything, by a job of the provider.
    Bulk,
    /// The change feed.
    Feed,
    /// What changed since.
    Changes,
    /// What was deleted since.
    Deletions,
    /// What changed since a token.
    Delta,
    /// Nothing yet: an incremental read begins here.
    Resume,
}

/// A record that was handed over: when it changed, and what it was, in a few characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Mark(i64, String);

/// A place in a read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in super::super) struct Position {
    /// The call.
    pub(in super::super) leg: Leg,
    /// The provider's token or address of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) token: Option<String>,
    /// Rows (of a bulk result: bytes) passed.
    pub(in super::super) offset: u64,
    /// Pages passed in this leg.
    #[serde(skip_serializing_if = "is_zero")]
    pub(in super::super) pages: u32,
    /// What `{since}` says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) since: Option<DateTime<Utc>>,
    /// What `{last_id}` says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) last_id: Option<String>,
    /// Where the incremental read began; for `Resume`, where it will.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) base: Option<DateTime<Utc>>,
    /// The provider's clock at the first page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) began: Option<DateTime<Utc>>,
    /// The latest change seen in this read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) newest: Option<DateTime<Utc>>,
    /// The token of a feed that this read, or the next one, begins with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) start: Option<String>,
    /// How often this read began again.
    #[serde(skip_serializing_if = "is_zero")]
    pub(in super::super) restarts: u32,
    /// The bulk job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) job: Option<String>,
    /// Where its result is; empty: at the manifest's request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) result: Option<String>,
    /// The page before, in a few characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) shown: Option<String>,
    /// The state some pages ago, in a few characters; meeting it again is a circle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) anchor: Option<String>,
    /// Records that may come again because reads overlap.
    pub(in super::super) seen: VecDeque<Mark>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Position {
    /// The position that a text stands for.
    pub(in super::super) fn parse(cursor: &str) -> Option<Self> {
        serde_json::from_str(cursor).ok()
    }

    /// As a text.
    pub(in super::super) fn cursor(&self) -> Cursor {
        serde_json::to_string(self).expect("a position is made of texts and numbers")
    }

    /// The beginning of another call of the same read.
    pub(in super::super) fn turn(&self, leg: Leg, since: Option<DateTime<Utc>>) -> Self {
        Self {
            leg,
            since,
            token: None,
            offset: 0,
            pages: 0,
            last_id: None,
            job: None,
            result: None,
            shown: None,
            anchor: None,
            ..self.clone()
        }
    }

    /// Notes the rows of a page; true when they are those of the page before: as many, with the same first and last one.
    /// Two pages that differ only between them would show those two records twice.
    pub(in super::super) fn shows_again(&mut self, rows: &[&serde_json::value::RawValue]) -> bool {
        let [first, .., last] = rows else { return rows.first().is_some_and(|only| self.shows(&[only], 1)) };
        self.shows(&[first, last], rows.len())
    }

    fn shows(&mut self, rows: &[&serde_json::value::RawValue], count: usize) -> bool {
        let mut hash = Sha256::new();
        hash.update(count.to_le_bytes());
        for row in rows {
            hash.update(row.get());
        }
        let shown = short(&hash.finalize());
        let again = self.shown.as_ref() == Some(&shown);
        self.shown = Some(shown);
        again
    }

    /// Counts a page; true when the state was met before. The state is kept at every power of two, so that a circle of
    /// any length is found (Brent's way).
    pub(in super::super) fn circles(&mut self) -> bool {
        self.pages += 1;
        let state = format!("{:?} {} {:?} {:?}", self.token, self.offset, self.since, self.last_id);
        let state = short(&Sha256::digest(state));
        if self.anchor.as_ref() == Some(&state) {
            return true;
        }
        if self.pages.is_power_of_two() {
            self.anchor = Some(state);
        }
        false
    }

    /// Whether `record` was handed over already, as it is now. If not, it is remembered.
    pub(in super::super) fn is_repeated(&mut self, record: &RemoteRecord, overlap: TimeDelta) -> bool {
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
    pub(in super::super) fn resume(&self, by_time: bool) -> Option<Self> {
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
    short(&hash.finalize())
}

fn short(digest: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(&digest[..8])
}
