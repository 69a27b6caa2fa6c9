//! Date formats of `TO_CHAR`, `TO_DATE` and `TO_TIMESTAMP_TZ`.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime};

/// The parts of a format that are known, longest first, with what they are for the reader and writer.
const PARTS: &[(&str, &str)] = &[
    ("HH24", "%H"),
    ("HH12", "%I"),
    ("YYYY", "%Y"),
    ("TZH:TZM", "%:z"),
    ("TZR", "%:z"),
    ("MON", "%b"),
    ("FF3", "%3f"),
    ("MM", "%m"),
    ("DD", "%d"),
    ("MI", "%M"),
    ("SS", "%S"),
    ("AM", "%p"),
    ("PM", "%p"),
];

/// The layout of a format. Errors: parts that are not modelled.
fn layout(format: &str) -> Result<String, String> {
    let mut layout = String::new();
    let mut rest = format;
    while let Some(first) = rest.chars().next() {
        if first == '"' {
            let end = rest[1..].find('"').ok_or("a literal is not closed")? + 1;
            layout.push_str(&rest[1..end]);
            rest = &rest[end + 1..];
            continue;
        }
        let upper = rest.to_uppercase();
        if let Some((part, own)) = PARTS.iter().find(|(part, _)| upper.starts_with(part)) {
            layout.push_str(own);
            rest = &rest[part.len()..];
        } else if first.is_ascii_alphanumeric() {
            return Err(format!("date format not recognized at '{rest}'"));
        } else {
            layout.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    Ok(layout)
}

/// A time written in a format.
pub(super) fn write(at: DateTime<FixedOffset>, format: &str) -> Result<String, String> {
    Ok(at.format(&layout(format)?).to_string())
}

/// What a text in a format says.
pub(super) enum Read {
    /// With a zone of its own.
    Zoned(DateTime<FixedOffset>),
    /// In the account's zone.
    Local(NaiveDateTime),
}

/// Reads a text in a format. A `Z` is read where the format has a zone.
pub(super) fn read(text: &str, format: &str) -> Result<Read, String> {
    let layout = layout(format)?;
    let wrong = || format!("'{text}' does not match the format '{format}'");
    if layout.ends_with("%:z") {
        let text = text.strip_suffix('Z').map_or_else(|| text.to_owned(), |text| format!("{text}+00:00"));
        return DateTime::parse_from_str(&text, &layout).map(Read::Zoned).map_err(|_| wrong());
    }
    if let Ok(naive) = NaiveDateTime::parse_from_str(text, &layout) {
        return Ok(Read::Local(naive));
    }
    NaiveDate::parse_from_str(text, &layout).map(|date| Read::Local(date.into())).map_err(|_| wrong())
}
