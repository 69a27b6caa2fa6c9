//! Searches: filters over properties, late by the fault plan's lag, 10,000 hits at most.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::portal::{Portal, Row, Values, shown};
use super::problem::Problem;
use super::properties::{Kind, instant};
use crate::kit::decimals::parse;

/// Largest page (fact sheet, "Pagination").
const LARGEST: usize = 200;
/// Hits one query can page through (fact sheet, "Incremental reads").
const REACH: usize = 10_000;
/// Groups, filters in each, filters in all (fact sheet, "Sources").
const GROUPS: (usize, usize, usize) = (5, 10, 25);

const OPERATORS: &[&str] = &[
    "EQ",
    "NEQ",
    "LT",
    "LTE",
    "GT",
    "GTE",
    "BETWEEN",
    "IN",
    "NOT_IN",
    "HAS_PROPERTY",
    "NOT_HAS_PROPERTY",
    "CONTAINS_TOKEN",
    "NOT_CONTAINS_TOKEN",
];

/// `POST /{type}/search`
pub(crate) fn run(portal: &Portal, kind: &'static Kind, body: &Value, lag_ms: i64) -> Result<Value, Problem> {
    check(portal, kind, body)?;
    let limit = size(body)?;
    let after = match &body["after"] {
        Value::Null => 0,
        Value::String(text) => text.parse().map_err(|_| Problem::invalid("after must be a number"))?,
        number => number.as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or(0),
    };
    if after + limit > REACH {
        return Err(Problem::invalid(format!("Paging through more than {REACH} results is not supported")));
    }
    let now_ms = portal.clock.now_ms();
    let mut hits = Vec::new();
    for (id, row) in portal.rows(kind).filter(|(_, row)| row.archived_ms.is_none()) {
        if let Some((values, at)) = seen(row, now_ms, lag_ms)
            && matches(values, body)
        {
            hits.push((id, row, values, at));
        }
    }
    sort(&mut hits, body);
    let total = hits.len();
    let wanted = body["properties"].as_array().into_iter().flatten();
    let wanted: Vec<String> = wanted.filter_map(|name| name.as_str().map(str::to_owned)).collect();
    let page = hits.into_iter().skip(after).take(limit);
    let results: Vec<Value> =
        page.map(|(id, row, values, at)| shown(kind, id, (row, values, at), &wanted)).collect();
    let mut answer = json!({"total": total, "results": results});
    if after + limit < total {
        answer["paging"] = json!({"next": {"after": (after + limit).to_string()}});
    }
    Ok(answer)
}

/// The state the index has; `None` while a new object is not in it.
fn seen(row: &Row, now_ms: i64, lag_ms: i64) -> Option<(&Values, i64)> {
    if lag_ms == 0 || row.updated_ms + lag_ms <= now_ms {
        return Some((&row.values, row.updated_ms));
    }
    row.previous.as_ref().map(|(values, at)| (values, *at))
}

fn size(body: &Value) -> Result<usize, Problem> {
    let limit = match &body["limit"] {
        Value::Null => return Ok(10),
        Value::String(text) => text.parse().ok(),
        number => number.as_u64().and_then(|number| usize::try_from(number).ok()),
    };
    let limit = limit.filter(|limit| (1..=LARGEST).contains(limit));
    limit.ok_or_else(|| Problem::invalid(format!("limit must be a number from 1 to {LARGEST}")))
}

fn groups(body: &Value) -> Vec<&Vec<Value>> {
    let groups = body["filterGroups"].as_array().into_iter().flatten();
    groups.filter_map(|group| group["filters"].as_array()).collect()
}

fn check(portal: &Portal, kind: &Kind, body: &Value) -> Result<(), Problem> {
    let (most_groups, most_each, most) = GROUPS;
    let groups = groups(body);
    let count = groups.iter().map(|group| group.len()).sum::<usize>();
    if groups.len() > most_groups || count > most || groups.iter().any(|group| group.len() > most_each) {
        let message =
            format!("At most {most_groups} filter groups of {most_each} filters, {most} filters in all");
        return Err(Problem::invalid(message));
    }
    let properties = portal.properties(kind);
    for filter in groups.iter().flat_map(|group| group.iter()) {
        let (name, operator) =
            (filter["propertyName"].as_str().unwrap_or_default(), filter["operator"].as_str());
        if !properties.contains_key(name) {
            return Err(Problem::invalid(format!(
                "There was a problem with the request. Property {name} does not exist"
            )));
        }
        if !operator.is_some_and(|operator| OPERATORS.contains(&operator)) {
            return Err(Problem::invalid(format!("Unknown operator {}", filter["operator"])));
        }
        let has = |name: &str| !filter[name].is_null();
        let is_whole = match operator {
            Some("HAS_PROPERTY" | "NOT_HAS_PROPERTY") => true,
            Some("IN" | "NOT_IN") => filter["values"].as_array().is_some_and(|values| !values.is_empty()),
            Some("BETWEEN") => has("value") && has("highValue"),
            _ => has("value"),
        };
        if !is_whole {
            return Err(Problem::invalid(format!("A value is required for the filter on {name}")));
        }
    }
    if body["sorts"].as_array().is_some_and(|sorts| sorts.len() > 1) {
        return Err(Problem::invalid("Only one sort is supported"));
    }
    Ok(())
}

/// Groups are alternatives, the filters of a group all hold.
fn matches(values: &Values, body: &Value) -> bool {
    let groups = groups(body);
    let query = body["query"].as_str().unwrap_or_default().to_lowercase();
    let has_text = query.is_empty() || values.values().any(|value| value.to_lowercase().contains(&query));
    has_text
        && (groups.is_empty() || groups.iter().any(|group| group.iter().all(|filter| holds(values, filter))))
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn holds(values: &Values, filter: &Value) -> bool {
    let own = values.get(filter["propertyName"].as_str().unwrap_or_default()).filter(|own| !own.is_empty());
    let wanted = text(&filter["value"]);
    let among = |own: &str| {
        let mut listed = filter["values"].as_array().into_iter().flatten();
        listed.any(|value| order(own, &text(value)) == Ordering::Equal)
    };
    let operator = filter["operator"].as_str().unwrap_or_default();
    let Some(own) = own else {
        return matches!(operator, "NEQ" | "NOT_IN" | "NOT_HAS_PROPERTY" | "NOT_CONTAINS_TOKEN");
    };
    let order = order(own, &wanted);
    match operator {
        "EQ" => order == Ordering::Equal,
        "NEQ" => order != Ordering::Equal,
        "LT" => order == Ordering::Less,
        "LTE" => order != Ordering::Greater,
        "GT" => order == Ordering::Greater,
        "GTE" => order != Ordering::Less,
        "BETWEEN" => {
            order != Ordering::Less && self::order(own, &text(&filter["highValue"])) != Ordering::Greater
        }
        "IN" => among(own),
        "NOT_IN" => !among(own),
        "HAS_PROPERTY" => true,
        "CONTAINS_TOKEN" => token(own, &wanted),
        "NOT_CONTAINS_TOKEN" => !token(own, &wanted),
        _ => false,
    }
}

fn token(own: &str, wanted: &str) -> bool {
    let (own, bare) = (own.to_lowercase(), wanted.trim_matches('*').to_lowercase());
    if wanted.contains('*') {
        return own.contains(&bare);
    }
    own == bare || own.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == bare)
}

/// Times by the instant, numbers by their value, anything else without regard to letter case.
fn order(own: &str, wanted: &str) -> Ordering {
    if own.contains('T')
        && let (Some(own), Some(wanted)) = (instant(own), instant(wanted))
    {
        return own.cmp(&wanted);
    }
    match (parse(own), parse(wanted)) {
        (Some(own), Some(wanted)) => own.cmp(&wanted),
        _ => own.to_lowercase().cmp(&wanted.to_lowercase()),
    }
}

type Hit<'a> = (u64, &'a Row, &'a Values, i64);

fn sort(hits: &mut [Hit<'_>], body: &Value) {
    let sort = &body["sorts"][0];
    let Some(name) = sort["propertyName"].as_str().or(sort.as_str()) else { return };
    let falls = sort["direction"] == "DESCENDING" || name.starts_with('-');
    let name = name.trim_start_matches('-');
    let of = |hit: &Hit<'_>| hit.2.get(name).cloned().unwrap_or_default();
    hits.sort_by(|one, other| {
        let order = order(&of(one), &of(other)).then(one.0.cmp(&other.0));
        if falls { order.reverse() } else { order }
    });
}
