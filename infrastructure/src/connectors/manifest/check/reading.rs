//! Lists, changes and look-ups of an entity.

use super::super::entity::Entity;
use super::super::provider::Manifest;
use super::super::reading::{Changes, EventOf, Order};
use super::super::template::Hole;
use super::Problems;
use super::feeds;
use super::pages::{has, ordered, pages};
use super::request::{is, request};

/// Holes of a call that reads pages.
pub(super) const PAGED: [Hole; 9] = [
    Hole::Since,
    Hole::Now,
    Hole::Cursor,
    Hole::Limit,
    Hole::Start,
    Hole::Offset,
    Hole::Page,
    Hole::LastId,
    Hole::Fields,
];

pub(super) fn check(manifest: &Manifest, name: &str, entity: &Entity, problems: &mut Problems) {
    let at = |part: &'static str| ["entities", name, part];
    if let Some(read) = &entity.read {
        request(manifest, &read.request, (&at("read"), &[Hole::Id, Hole::Fields]), problems);
        problems.when(
            !has(&read.request, &Hole::Id),
            &at("read"),
            "the id is not asked for",
            "put {id} into the request",
        );
    }
    if let Some(list) = &entity.list {
        request(manifest, &list.request, (&at("list"), &PAGED), problems);
        pages(&list.request, &list.pages, &at("list"), problems);
        let order = (list.order, list.pages.kind);
        let stamped = entity.updated_at.is_some() || list.event.is_some();
        ordered(stamped, order, &list.request, (&at("list"), problems));
        if let Some(event) = &list.event {
            self::event((entity, event), &at("list"), problems);
            let message =
                "the elements of the list name records: they are none, and have no order of their own";
            let beside = list.record.is_some() || list.order != Order::None;
            problems.when(beside, &at("list"), message, "remove record and order beside event");
        }
    }
    if let Some(changes) = &entity.changes {
        self::changes(manifest, (name, entity), changes, problems);
    }
    let predicates = [("only", &entity.only), ("deleted", &entity.deleted), ("inactive", &entity.inactive)];
    for (part, predicate) in predicates {
        if let Some(predicate) = predicate {
            is(predicate, &at(part), problems);
        }
    }
    let vague = entity.inactive.as_ref().is_some_and(|is| is.equals.is_none());
    let message = "a record could not be made inactive";
    problems.when(vague, &at("inactive"), message, "say by `equals` what inactive is");
    feeds::check(manifest, name, entity, problems);
    finds(manifest, name, entity, problems);
}

fn changes(manifest: &Manifest, (name, entity): (&str, &Entity), changes: &Changes, problems: &mut Problems) {
    let at = ["entities", name, "changes"];
    request(manifest, &changes.request, (&at, &PAGED), problems);
    pages(&changes.request, &changes.pages, &at, problems);
    let stamped = entity.updated_at.is_some() || changes.event.is_some();
    ordered(stamped, (Order::UpdatedAt, changes.pages.kind), &changes.request, (&at, problems));
    if let Some(feed) = &changes.feed {
        let place = ["entities", name, "changes", "feed"];
        request(manifest, &feed.request, (&place, &[Hole::Since, Hole::Now, Hole::Fields]), problems);
        problems.when(
            !has(&feed.request, &Hole::Since),
            &place,
            "the feed has no beginning",
            "put {since} into the request",
        );
    }
    let Some(event) = &changes.event else { return };
    self::event((entity, event), &at, problems);
    let both = changes.feed.is_some();
    problems.when(both, &at, "events and a feed exclude each other", "remove one of them");
}

/// Elements that name records.
fn event((entity, event): (&Entity, &EventOf), at: &[&str], problems: &mut Problems) {
    for predicate in event.deleted.iter().chain(&event.ignore) {
        is(predicate, at, problems);
    }
    let unread = event.record.is_none() && entity.read.is_none();
    let message = "the records that events name cannot be read";
    problems.when(unread, at, message, "describe read, or say where event.record stands");
}

fn finds(manifest: &Manifest, name: &str, entity: &Entity, problems: &mut Problems) {
    let searches = [
        ("reference", &entity.find.reference, entity.reference.is_some()),
        ("natural_key", &entity.find.natural_key, entity.natural_key.is_some()),
    ];
    let allowed = [Hole::Value, Hole::Limit, Hole::Start, Hole::Offset, Hole::Page, Hole::Fields];
    for (kind, search, declared) in searches {
        let place = ["entities", name, "find", kind];
        if let Some(search) = search {
            request(manifest, &search.request, (&place, &allowed), problems);
            let message = "the search searches for nothing";
            problems.when(
                !has(&search.request, &Hole::Value),
                &place,
                message,
                "put {value} into the request",
            );
        }
        let message = format!("`{kind}` and `find.{kind}` belong together");
        let place: &[&str] = if declared { &["entities", name, kind] } else { &place };
        problems.when(declared != search.is_some(), place, message, "describe both, or neither");
    }
}
