//! From one page to the next, and how the last one is known.

use std::borrow::Cow;

use application::ports::connector::CallError;
use chrono::{DateTime, SubsecRound, Utc};
use serde_json::value::RawValue;
use url::Url;

use super::super::answer::holds;
use super::super::answer::{Good, text_at};
use super::super::connection::ManifestConnection;
use super::super::read::{Step, stopped, unreadable};
use super::cursor::Position;
use crate::connectors::manifest::{Order, PageKind, Pages};

/// What a page showed.
pub(in super::super) struct Shown<'a> {
    /// The answer.
    good: &'a Good,
    /// Its text with the first of its rows only: what it says about its pages is looked for beside them, and a page is
    /// long.
    about: Cow<'a, str>,
    /// Its rows.
    pub(in super::super) rows: usize,
    /// What its last row says of its record.
    last: Option<LastRow>,
    /// Its last row.
    raw: Option<&'a RawValue>,
}

impl<'a> Shown<'a> {
    /// What the answer shows, with its rows.
    pub(in super::super) fn of(good: &'a Good, rows: &[&'a RawValue], last: Option<LastRow>) -> Self {
        let about = match rows {
            [first, .., last] => without(&good.text, first.get(), last.get()),
            _ => Cow::Borrowed(good.text.as_str()),
        };
        Self { good, about, rows: rows.len(), last, raw: rows.last().copied() }
    }
}

/// `text` without what stands behind `first` up to the end of `last`, both of them parts of it.
fn without<'a>(text: &'a str, first: &str, last: &str) -> Cow<'a, str> {
    let end = |part: &str| part.as_ptr().addr().wrapping_sub(text.as_ptr().addr()).wrapping_add(part.len());
    match (text.get(..end(first)), text.get(end(last)..)) {
        (Some(before), Some(behind)) => Cow::Owned([before, behind].concat()),
        _ => Cow::Borrowed(text),
    }
}

/// The record of a page's last row, or the record that it names.
pub(in super::super) struct LastRow {
    /// When it last changed.
    pub(in super::super) at: Option<DateTime<Utc>>,
    /// Its id.
    pub(in super::super) id: String,
}

/// Moves to the next page; false at the end. Errors: the pages go round in a circle, are too many, or elsewhere.
pub(in super::super) fn advance(
    connection: &ManifestConnection,
    position: &mut Position,
    step: Step<'_>,
    shown: &Shown<'_>,
) -> Result<bool, CallError> {
    let more = moved(connection, position, step, shown)?;
    if !more {
        return Ok(false);
    }
    if position.circles() {
        return Err(stopped("its pages go round in a circle"));
    }
    if position.pages >= step.pages.max_pages {
        return Err(stopped(&format!("it has more than {} pages", step.pages.max_pages)));
    }
    Ok(true)
}

fn moved(
    connection: &ManifestConnection,
    position: &mut Position,
    step: Step<'_>,
    shown: &Shown<'_>,
) -> Result<bool, CallError> {
    let pages = step.pages;
    if shown.good.bare || pages.more.as_ref().is_some_and(|more| !holds(more, &shown.about)) {
        return Ok(false);
    }
    let short = shown.rows < usize::try_from(pages.size).unwrap_or(usize::MAX);
    match pages.kind {
        PageKind::Whole => Ok(false),
        PageKind::Rows => Ok(next_rows(position, step, shown, short)),
        PageKind::Page => Ok(next_page(position, pages, shown, short)),
        PageKind::Keyset => next_keys(position, pages, shown, short),
        PageKind::Cursor => {
            position.token = next_token(pages, shown)?;
            Ok(position.token.is_some())
        }
        PageKind::Url | PageKind::Link => {
            let next = if pages.kind == PageKind::Link {
                shown.good.headers.get_all("link").iter().find_map(|value| next_link(value.to_str().ok()?))
            } else {
                next_token(pages, shown)?
            };
            position.token = next.map(|next| connection.same_origin(&next)).transpose()?;
            Ok(position.token.is_some())
        }
    }
}

impl ManifestConnection {
    /// The path and query of the next page's address, which must be below the same base URL. A relative one
    /// (`Orders?$skip=20`) is below it by itself.
    pub(in super::super) fn same_origin(&self, address: &str) -> Result<String, CallError> {
        let own = self.base()?;
        let base = own.path().trim_end_matches('/');
        let mut root = Url::clone(&own);
        // Without the slash at its end, joining would take the last part of the base away.
        root.set_path(&format!("{base}/"));
        let url = root.join(address).map_err(unreadable)?;
        let below = url.path().strip_prefix(base).filter(|path| path.starts_with('/'));
        match below {
            Some(path) if url.origin() == own.origin() => {
                Ok(url.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}")))
            }
            _ => Err(stopped("the next page is at another address")),
        }
    }
}

/// Counts on, or starts again at the last time seen where the order allows.
fn next_rows(position: &mut Position, step: Step<'_>, shown: &Shown<'_>, short: bool) -> bool {
    let passed = position.offset + u64::try_from(shown.rows).unwrap_or(u64::MAX);
    let total = step.pages.total.as_ref().and_then(|place| text_at(&shown.about, place)?.parse::<u64>().ok());
    let end = match (&step.pages.more, total) {
        (Some(_), _) => shown.rows == 0,
        (None, Some(total)) => passed >= total || shown.rows == 0,
        (None, None) => short,
    };
    if end {
        return false;
    }
    let last = shown.last.as_ref().and_then(|last| last.at).map(|last| last.trunc_subsecs(0));
    match (step.order, last) {
        (Order::UpdatedAt, Some(last)) if position.since.is_none_or(|since| last > since) => {
            position.since = Some(last);
            position.offset = 0;
        }
        // With a total the provider may give fewer rows than asked for.
        _ if total.is_some() => position.offset = passed,
        _ => position.offset += u64::from(step.pages.size),
    }
    true
}

/// Page numbers are the count of pages passed, which [`Position::circles`] moves on.
fn next_page(position: &mut Position, pages: &Pages, shown: &Shown<'_>, short: bool) -> bool {
    let number = u64::from(position.pages) + 1;
    let last = pages.last.as_ref().and_then(|place| text_at(&shown.about, place)?.parse::<u64>().ok());
    let end = match (&pages.more, last) {
        (Some(_), _) => shown.rows == 0,
        (None, Some(last)) => number >= last || shown.rows == 0,
        (None, None) => short,
    };
    position.offset += u64::from(pages.size);
    !end
}

fn next_keys(
    position: &mut Position,
    pages: &Pages,
    shown: &Shown<'_>,
    short: bool,
) -> Result<bool, CallError> {
    let Some(last) = &shown.last else { return Ok(false) };
    if short && pages.more.is_none() {
        return Ok(false);
    }
    let Some(at) = last.at else {
        return Err(unreadable("the last row does not say when it last changed"));
    };
    position.since = Some(at);
    position.last_id = Some(last.id.clone());
    Ok(true)
}

/// The token of the next page: from the answer, its last row, or a header.
fn next_token(pages: &Pages, shown: &Shown<'_>) -> Result<Option<String>, CallError> {
    let token = match (&pages.next, &pages.next_item, &pages.next_header) {
        (Some(place), ..) => text_at(&shown.about, place),
        (None, Some(place), _) => match shown.raw {
            None => None,
            Some(raw) => {
                let token = text_at(raw.get(), place);
                Some(token.ok_or_else(|| unreadable("the last row has no token for the next page"))?)
            }
        },
        (None, None, Some(header)) => {
            shown.good.headers.get(header.as_str()).and_then(|value| value.to_str().ok()).map(str::to_owned)
        }
        (None, None, None) => None,
    };
    Ok(token.filter(|token| !token.is_empty() && !pages.end.contains(token)))
}

/// The address of the next page in a `Link` header (RFC 8288).
fn next_link(header: &str) -> Option<String> {
    header.split(',').find_map(|link| {
        let (address, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
        let next = parameters.split(';').any(|parameter| {
            let rel = parameter.trim().strip_prefix("rel=").unwrap_or_default();
            rel.trim_matches('"').split(' ').any(|rel| rel.eq_ignore_ascii_case("next"))
        });
        next.then(|| address.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::without;

    #[test]
    fn what_stands_around_the_rows_is_kept_with_the_first_of_them() {
        let text = r#"{"data": [ {"id": 1}, {"id": 2},{"id": 3} ], "next": "n"}"#;
        let rows =
            super::super::super::pluck::items(text, &serde_json::from_str("\"data\"").unwrap()).unwrap();
        let [first, .., last] = rows.as_slice() else { panic!("three rows") };
        assert_eq!(without(text, first.get(), last.get()), r#"{"data": [ {"id": 1} ], "next": "n"}"#);
        // Rows of another text are left alone.
        let foreign: &RawValue = serde_json::from_str("{}").unwrap();
        assert_eq!(without(text, foreign.get(), foreign.get()), text);
    }
}
