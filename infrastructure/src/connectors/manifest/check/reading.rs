//! Lists, changes and look-ups of an entity.

use super::super::entity::Entity;
use super::super::provider::Manifest;
use super::super::reading::{Order, PageKind, Pages};
use super::super::request::Request;
use super::super::template::Hole;
use super::Problems;
use super::provider::holes;

/// Holes of a call that reads pages.
const PAGED: [Hole; 5] = [Hole::Since, Hole::Cursor, Hole::Limit, Hole::Start, Hole::Offset];

pub(super) fn check(manifest: &Manifest, name: &str, entity: &Entity, problems: &mut Problems) {
    let at = |part: &'static str| ["entities", name, part];
    if let Some(read) = &entity.read {
        holes(manifest, read.request.holes(), &at("read"), &[Hole::Id], problems);
        problems.when(
            !has(&read.request, &Hole::Id),
            &at("read"),
            "the id is not asked for",
            "put {id} into the request",
        );
    }
    if let Some(list) = &entity.list {
        holes(manifest, list.request.holes(), &at("list"), &PAGED, problems);
        pages(&list.request, &list.pages, &at("list"), problems);
        ordered(entity, list.order, &list.request, &at("list"), problems);
    }
    if let Some(changes) = &entity.changes {
        holes(manifest, changes.request.holes(), &at("changes"), &PAGED, problems);
        pages(&changes.request, &changes.pages, &at("changes"), problems);
        ordered(entity, Order::UpdatedAt, &changes.request, &at("changes"), problems);
        if let Some(feed) = &changes.feed {
            let place = ["entities", name, "changes", "feed"];
            holes(manifest, feed.request.holes(), &place, &[Hole::Since], problems);
            problems.when(
                !has(&feed.request, &Hole::Since),
                &place,
                "the feed has no beginning",
                "put {since} into the request",
            );
        }
    }
    finds(manifest, name, entity, problems);
}

fn has(request: &Request, hole: &Hole) -> bool {
    request.holes().any(|found| found == hole)
}

fn pages(request: &Request, pages: &Pages, at: &[&str], problems: &mut Problems) {
    problems.when(!(1..=1000).contains(&pages.size), at, "a page has 1 to 1,000 rows", "correct pages.size");
    match pages.kind {
        PageKind::Cursor => {
            let message = "the next page's token is not read or not sent";
            let complete = pages.next.is_some() && has(request, &Hole::Cursor);
            problems.when(!complete, at, message, "set pages.next, and put {cursor} into the request");
        }
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
        PageKind::Url => {
            problems.when(pages.next.is_none(), at, "the next page's address is not read", "set pages.next");
        }
        PageKind::Whole => {}
    }
}

fn ordered(entity: &Entity, order: Order, request: &Request, at: &[&str], problems: &mut Problems) {
    if order == Order::None {
        return;
    }
    problems.when(
        !has(request, &Hole::Since),
        at,
        "the call has no beginning",
        "put {since} into the request",
    );
    let message = "nothing says when a record last changed";
    problems.when(entity.updated_at.is_none(), at, message, "set the entity's updated_at");
}

fn finds(manifest: &Manifest, name: &str, entity: &Entity, problems: &mut Problems) {
    let searches = [
        ("reference", &entity.find.reference, entity.reference.is_some()),
        ("natural_key", &entity.find.natural_key, entity.natural_key.is_some()),
    ];
    for (kind, search, declared) in searches {
        let place = ["entities", name, "find", kind];
        if let Some(search) = search {
            holes(
                manifest,
                search.request.holes(),
                &place,
                &[Hole::Value, Hole::Limit, Hole::Start, Hole::Offset],
                problems,
            );
            let message = "the search searches for nothing";
            problems.when(
                !has(&search.request, &Hole::Value),
                &place,
                message,
                "put {value} into the request",
            );
        }
        let message = format!("`{kind}` and `find.{kind}` belong together");
        problems.when(declared != search.is_some(), &place, message, "describe both, or neither");
    }
}
