//! Moments, as providers spell them, and names as hosts do.

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, Utc};

/// How a moment is written in a request: `{since:epoch}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// `2026-01-02T03:04:05Z` (RFC 3339).
    #[default]
    Rfc3339,
    /// The same with milliseconds.
    Millis,
    /// `2026-01-02T03:04:05` in UTC, without a zone.
    Local,
    /// `2026-01-02T03:04:05+0000`.
    Offset,
    /// `Fri, 02 Jan 2026 03:04:05 GMT` (RFC 9110, 5.6.7).
    HttpDate,
    /// Seconds since 1970.
    Epoch,
    /// Milliseconds since 1970.
    EpochMs,
    /// `2026-01-02`.
    Date,
    /// No moment: a name as hosts spell it, in lower case and with `-` for `_` (`1234567_SB1` → `1234567-sb1`).
    Host,
    /// No moment: a name in upper case and with `_` for `-` (`1234567-sb1` → `1234567_SB1`).
    Upper,
}

impl Format {
    /// Every format and its name in a hole.
    pub const NAMES: [(&'static str, Self); 10] = [
        ("rfc3339", Self::Rfc3339),
        ("millis", Self::Millis),
        ("local", Self::Local),
        ("offset", Self::Offset),
        ("http_date", Self::HttpDate),
        ("epoch", Self::Epoch),
        ("epoch_ms", Self::EpochMs),
        ("date", Self::Date),
        ("host", Self::Host),
        ("upper", Self::Upper),
    ];

    /// The format of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, format)| *format)
    }

    /// A text in this format; none where it is no moment.
    pub fn respelled(self, text: &str) -> Option<String> {
        match self {
            Self::Host => Some(text.to_lowercase().replace('_', "-")),
            Self::Upper => Some(text.to_uppercase().replace('-', "_")),
            moment => parse(text).map(|at| moment.write(at)),
        }
    }

    /// A moment in this format.
    pub fn write(self, at: DateTime<Utc>) -> String {
        match self {
            Self::Rfc3339 | Self::Host | Self::Upper => at.to_rfc3339_opts(SecondsFormat::Secs, true),
            Self::Millis => at.to_rfc3339_opts(SecondsFormat::Millis, true),
            Self::Local => at.format("%Y-%m-%dT%H:%M:%S").to_string(),
            Self::Offset => at.format("%Y-%m-%dT%H:%M:%S+0000").to_string(),
            Self::HttpDate => at.format("%a, %d %b %Y %H:%M:%S GMT").to_string(),
            Self::Epoch => at.timestamp().to_string(),
            Self::EpochMs => at.timestamp_millis().to_string(),
            Self::Date => at.format("%Y-%m-%d").to_string(),
        }
    }
}

/// A moment in any spelling that can be told from the others: RFC 3339, with an offset without colon, without a zone (UTC),
/// `/Date(…)/`, an HTTP date, a day.
pub(crate) fn parse(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.with_timezone(&Utc));
    }
    if let Some(at) = ms_date(text) {
        return Some(at);
    }
    let offset = DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z");
    if let Ok(at) = offset.or_else(|_| DateTime::parse_from_rfc2822(text)) {
        return Some(at.with_timezone(&Utc));
    }
    let local = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"]
        .iter()
        .find_map(|pattern| NaiveDateTime::parse_from_str(text, pattern).ok());
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().and_then(|day| day.and_hms_opt(0, 0, 0));
    local.or_else(day).map(|at| at.and_utc())
}

/// `/Date(1775692800000+0000)/`: the milliseconds count, the offset only informs.
pub(crate) fn ms_date(text: &str) -> Option<DateTime<Utc>> {
    let inner = text.strip_prefix("/Date(")?.strip_suffix(")/")?;
    let end = inner.char_indices().skip(1).find(|(_, letter)| matches!(letter, '+' | '-')).map(|(at, _)| at);
    let milliseconds = inner.get(..end.unwrap_or(inner.len()))?.parse().ok()?;
    DateTime::from_timestamp_millis(milliseconds)
}
