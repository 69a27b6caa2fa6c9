//! How long a provider asks to wait, in every way it says so.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::text_at;
use crate::connectors::manifest::{Cost, Manifest, RemainingForm, WaitUnit, moment};
use crate::http::HeaderMap;

/// The longest wait that is believed: a day and an hour.
const LONGEST: Duration = Duration::from_hours(25);

/// The `Date` header: the other side's clock.
pub(in super::super) fn date(headers: &HeaderMap) -> Option<DateTime<Utc>> {
    let text = headers.get("date")?.to_str().ok()?;
    DateTime::parse_from_rfc2822(text).ok().map(|date| date.with_timezone(&Utc))
}

/// How long a refusal asks to wait: as the manifest says, else by `Retry-After` (RFC 9110, 10.2.3). Moments are measured
/// against the answer's own `Date`.
pub(in super::super) fn asked(manifest: &Manifest, headers: &HeaderMap, text: &str) -> Option<Duration> {
    let now = date(headers);
    let header = |name: &str| headers.get(name)?.to_str().ok().map(str::to_owned);
    let declared = manifest.limits.waits.iter().find_map(|wait| {
        let said = match (&wait.header, &wait.field) {
            (Some(name), _) => header(name)?,
            (None, Some(place)) => text_at(text, place)?,
            (None, None) => return None,
        };
        span(&said, wait.unit, now)
    });
    let short = || manifest.limits.cost.as_ref().and_then(|cost| cost_of(cost, text));
    let usual = || header("retry-after").and_then(|said| span(&said, WaitUnit::Seconds, now));
    declared.or_else(short).or_else(usual).map(|wait| wait.min(LONGEST))
}

/// How long to pause after a good answer, because little is left.
pub(in super::super) fn spare(manifest: &Manifest, headers: &HeaderMap, text: &str) -> Option<Duration> {
    let declared = manifest.limits.remaining.iter().filter_map(|remaining| {
        let said = headers.get(remaining.header.as_str())?.to_str().ok()?;
        let left = match remaining.form {
            RemainingForm::Number => said.trim().parse().ok()?,
            RemainingForm::UsedOfTotal => left_of(said)?,
        };
        (left <= remaining.floor).then(|| Duration::from_secs(remaining.wait_s))
    });
    let cost = manifest.limits.cost.as_ref().and_then(|cost| cost_of(cost, text));
    declared.chain(cost).max()
}

/// `api-usage=18/15000`: what is left of the total.
fn left_of(said: &str) -> Option<u64> {
    let (used, total) = said.split_once('/')?;
    let used = used.rsplit(|letter: char| !letter.is_ascii_digit()).next()?.parse::<u64>().ok()?;
    let end = total.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(total.len());
    Some(total.get(..end)?.parse::<u64>().ok()?.saturating_sub(used))
}

fn span(said: &str, unit: WaitUnit, now: Option<DateTime<Utc>>) -> Option<Duration> {
    let said = said.trim();
    let until = |at: DateTime<Utc>| (at - now?).to_std().ok();
    match unit {
        WaitUnit::Seconds => said
            .parse::<f64>()
            .ok()
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .or_else(|| until(moment::parse(said)?)),
        WaitUnit::Milliseconds => said.parse().ok().map(Duration::from_millis),
        WaitUnit::Epoch => until(DateTime::from_timestamp(said.parse().ok()?, 0)?),
        WaitUnit::EpochMs => until(DateTime::from_timestamp_millis(said.parse().ok()?)?),
        WaitUnit::Date => until(moment::parse(said)?),
    }
}

/// How long it takes until as many points are back as the query was reckoned to cost.
fn cost_of(cost: &Cost, text: &str) -> Option<Duration> {
    let number = |place| text_at(text, place)?.parse::<f64>().ok();
    let (requested, available) = (number(&cost.requested)?, number(&cost.available)?);
    let restore = number(&cost.restore).filter(|rate| *rate > 0.0)?;
    (requested > available).then(|| Duration::try_from_secs_f64((requested - available) / restore).ok())?
}
