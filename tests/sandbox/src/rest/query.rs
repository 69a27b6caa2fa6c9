//! The query parameters of a request, each known, each given once.

use std::collections::BTreeMap;
use std::str::FromStr;

use chrono::DateTime;
use url::form_urlencoded;

use super::config::{RestConfig, StampGranularity};
use super::cursor::{Cursor, digest};
use super::problem::Problem;

const DEFAULT_LIMIT: usize = 100;

/// Query parameters by name.
#[derive(Debug)]
pub(super) struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// Errors: a parameter that is not in `known`, or given twice.
    pub(super) fn parse(query: &str, known: &[&str]) -> Result<Self, Problem> {
        let mut given = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if !known.contains(&&*name) {
                let message = format!("unknown query parameter {name}");
                return Err(Problem::bad_request(&name, message));
            }
            if given.insert(name.to_string(), value.into_owned()).is_some() {
                let message = format!("query parameter {name} is given twice");
                return Err(Problem::bad_request(&name, message));
            }
        }
        Ok(Self(given))
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Errors: the value does not read as a `T`.
    pub(super) fn value<T: FromStr>(&self, name: &str) -> Result<Option<T>, Problem> {
        let parse = |text: &str| {
            let message = format!("{text} is not a value of {name}");
            text.parse().map_err(|_| Problem::bad_request(name, message))
        };
        self.text(name).map(parse).transpose()
    }
}

/// What a list request asks for.
#[derive(Debug)]
pub(super) struct ListQuery {
    pub(super) limit: usize,
    pub(super) order: Order,
    pub(super) include_deleted: bool,
    /// The last record of the page before.
    pub(super) after: Option<Cursor>,
    /// Digest of the filters, which the next cursor carries.
    pub(super) filter: u64,
}

/// Which records a list runs through, and in what order.
#[derive(Debug)]
pub(super) enum Order {
    /// All, by id.
    ById,
    /// Those changed at this moment (Unix ms) or later, by (updated_at, id).
    ChangedSince(i64),
    /// Those with this `external_id`, by id.
    Carrying(String),
}

impl ListQuery {
    pub(super) fn parse(query: &str, config: &RestConfig) -> Result<Self, Problem> {
        const KNOWN: [&str; 5] = ["limit", "cursor", "updated_since", "include_deleted", "external_id"];
        let given = Parameters::parse(query, &KNOWN)?;
        let order = order(&given, config.stamp_granularity)?;
        let include_deleted = given.value("include_deleted")?.unwrap_or(false);
        let filter = digest(&format!("{order:?} {include_deleted}"));
        let cursor = given.text("cursor");
        Ok(Self {
            limit: limit(&given, config.page_limit_max)?,
            order,
            include_deleted,
            after: cursor.map(|text| Cursor::decode(text, filter)).transpose()?,
            filter,
        })
    }
}

fn limit(given: &Parameters, max: usize) -> Result<usize, Problem> {
    let limit = given.value("limit")?.unwrap_or(DEFAULT_LIMIT.min(max));
    if (1..=max).contains(&limit) {
        Ok(limit)
    } else {
        let message = format!("limit is between 1 and {max}");
        Err(Problem::bad_request("limit", message))
    }
}

fn order(given: &Parameters, granularity: StampGranularity) -> Result<Order, Problem> {
    match (given.text("updated_since"), given.text("external_id")) {
        (None, None) => Ok(Order::ById),
        (None, Some(key)) => Ok(Order::Carrying(key.to_owned())),
        (Some(since), None) => {
            let message = format!("{since} is not an RFC 3339 instant");
            let since = DateTime::parse_from_rfc3339(since)
                .map_err(|_| Problem::bad_request("updated_since", message))?;
            let since = granularity.truncate(since.timestamp_millis());
            Ok(Order::ChangedSince(since))
        }
        (Some(_), Some(_)) => {
            let message = "external_id and updated_since do not go together";
            Err(Problem::bad_request("external_id", message))
        }
    }
}
