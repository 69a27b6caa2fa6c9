//! `/deleted/` and `/updated/`: ids by time (fact sheet, "Incremental reads").

use serde_json::{Value, json};

use crate::kit::Answer;
use crate::salesforce::call::Call;
use crate::salesforce::kind::Kind;
use crate::salesforce::refusal::Refusal;
use crate::salesforce::store::{Org, Version};
use crate::salesforce::times::{instant, minutes, stamp};

const DAY_MS: i64 = 24 * 3600 * 1000;

/// Start and end in whole minutes: the provider drops the seconds.
fn span(call: &Call, now_ms: i64, days: i64) -> Result<(i64, i64), Refusal> {
    call.only(&["start", "end"])?;
    let time = |name: &str| {
        let text = call.params.get(name);
        let invalid =
            || Refusal::bad("INVALID_REPLICATION_DATE", format!("{name}Date is no date-time: {text}"));
        instant(text).map(minutes).ok_or_else(invalid)
    };
    let (start, end) = (time("start")?, time("end")?);
    if end < start + 60_000 {
        let message = "endDate must be at least one minute greater than startDate";
        return Err(Refusal::bad("INVALID_REPLICATION_DATE", message));
    }
    if start < now_ms - days * DAY_MS {
        let message = format!("startDate cannot be more than {days} days ago");
        return Err(Refusal::bad("INVALID_REPLICATION_DATE", message));
    }
    Ok((start, end))
}

/// Records in a state, changed in the span, as queries see them.
fn within(
    org: &Org,
    kind: Kind,
    (start, end, lag_ms): (i64, i64, i64),
    deleted: bool,
) -> impl Iterator<Item = (&String, &Version)> {
    let now_ms = org.clock.now_ms();
    let seen =
        org.rows(kind).filter_map(move |(id, row)| row.seen(now_ms, lag_ms).map(|own| (id, own.as_ref())));
    seen.filter(move |(_, own)| own.deleted == deleted && (start..end).contains(&own.stamp_ms))
}

/// Until when nothing is missing.
fn covered(org: &Org, end: i64, lag_ms: i64) -> String {
    stamp(end.min(minutes(org.clock.now_ms() - lag_ms)))
}

/// `GET /sobjects/{Object}/deleted/?start=&end=`.
pub(super) fn deleted(org: &Org, call: &Call, kind: Kind, lag_ms: i64) -> Result<Answer, Refusal> {
    let (start, end) = span(call, org.clock.now_ms(), 15)?;
    let since = org.settings.log_since_ms;
    let logged = within(org, kind, (start.max(since), end, lag_ms), true);
    let records: Vec<Value> =
        logged.map(|(id, own)| json!({"id": id, "deletedDate": stamp(own.stamp_ms)})).collect();
    let earliest = if since == 0 { org.clock.now_ms() - 30 * DAY_MS } else { since };
    Ok(Answer::json(
        200,
        &json!({
            "deletedRecords": records, "earliestDateAvailable": stamp(minutes(earliest)),
            "latestDateCovered": covered(org, end, lag_ms)
        }),
    ))
}

/// `GET /sobjects/{Object}/updated/?start=&end=`.
pub(super) fn updated(org: &Org, call: &Call, kind: Kind, lag_ms: i64) -> Result<Answer, Refusal> {
    let (start, end) = span(call, org.clock.now_ms(), 30)?;
    let ids: Vec<&String> = within(org, kind, (start, end, lag_ms), false).map(|(id, _)| id).collect();
    Ok(Answer::json(200, &json!({"ids": ids, "latestDateCovered": covered(org, end, lag_ms)})))
}
