//! How pages follow each other.

use super::super::reading::{Order, PageKind, Pages};
use super::super::request::Request;
use super::super::template::Hole;
use super::Problems;
use super::request::is;

/// Whether a request asks for this.
pub(super) fn has(request: &Request, hole: &Hole) -> bool {
    request.holes().any(|found| found == hole)
}

pub(super) fn pages(request: &Request, pages: &Pages, at: &[&str], problems: &mut Problems) {
    let at: &[&str] = &at.iter().copied().chain(["pages"]).collect::<Vec<&str>>();
    let message = "a page has 1 to 10,000 rows";
    problems.when(!(1..=10_000).contains(&pages.size), at, message, "correct pages.size");
    problems.when(pages.max_pages == 0, at, "no page could be read", "set max_pages above 0, or remove it");
    if let Some(more) = &pages.more {
        is(more, at, problems);
    }
    belongs(pages, at, problems);
    match pages.kind {
        PageKind::Cursor => cursor(request, pages, at, problems),
        PageKind::Rows => {
            let counted = has(request, &Hole::Start) || has(request, &Hole::Offset);
            let complete = counted && has(request, &Hole::Limit);
            problems.when(
                !complete,
                at,
                "every page would be the first",
                "put {start} or {offset}, and {limit}, into the request",
            );
        }
        PageKind::Page => {
            let message = "every page would be the first";
            problems.when(!has(request, &Hole::Page), at, message, "put {page} into the request");
        }
        PageKind::Url => {
            problems.when(pages.next.is_none(), at, "the next page's address is not read", "set pages.next");
        }
        PageKind::Keyset => {
            let complete = has(request, &Hole::Since) && has(request, &Hole::LastId);
            let message = "a page does not begin behind the last row";
            problems.when(!complete, at, message, "put {since} and {last_id} into the request");
        }
        PageKind::Link | PageKind::Whole => {}
    }
}

fn cursor(request: &Request, pages: &Pages, at: &[&str], problems: &mut Problems) {
    let sources = usize::from(pages.next.is_some())
        + usize::from(pages.next_item.is_some())
        + usize::from(pages.next_header.is_some());
    let message = "the next page's token is not read or not sent";
    let complete = sources == 1 && has(request, &Hole::Cursor);
    let hint = "set one of pages.next, next_item and next_header, and put {cursor} into the request";
    problems.when(!complete, at, message, hint);
}

/// What only another kind of pages reads.
fn belongs(pages: &Pages, at: &[&str], problems: &mut Problems) {
    let given = [
        ("next", pages.next.is_some(), matches!(pages.kind, PageKind::Cursor | PageKind::Url)),
        ("next_item", pages.next_item.is_some(), pages.kind == PageKind::Cursor),
        ("next_header", pages.next_header.is_some(), pages.kind == PageKind::Cursor),
        ("last", pages.last.is_some(), pages.kind == PageKind::Page),
        ("total", pages.total.is_some(), pages.kind == PageKind::Rows),
        ("first_id", !pages.first_id.is_empty(), pages.kind == PageKind::Keyset),
    ];
    for (name, given, read) in given {
        let message = format!("pages.{name} is not read by this kind of pages");
        problems.when(given && !read, at, message, "remove it, or change the kind");
    }
}

pub(super) fn ordered(
    updated_at: bool,
    (order, kind): (Order, PageKind),
    request: &Request,
    (at, problems): (&[&str], &mut Problems),
) {
    if order == Order::None && kind != PageKind::Keyset {
        return;
    }
    problems.when(
        !has(request, &Hole::Since),
        at,
        "the call has no beginning",
        "put {since} into the request",
    );
    let message = "nothing says when a record last changed";
    problems.when(!updated_at, at, message, "set the entity's updated_at");
}
