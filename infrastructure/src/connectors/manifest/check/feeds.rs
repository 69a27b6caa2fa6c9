//! Deletions, feeds with tokens, bulk jobs, and fields found at run time.

use domain::catalogue::FieldType;

use super::super::entity::Entity;
use super::super::provider::{Discover, Manifest};
use super::super::reading::{Bulk, Deletions, Delta, PageKind};
use super::super::template::Hole;
use super::Problems;
use super::identity::is_origin;
use super::pages::{has, pages};
use super::reading::PAGED;
use super::request::{is, request};

pub(super) fn check(manifest: &Manifest, name: &str, entity: &Entity, problems: &mut Problems) {
    if let Some(deletions) = &entity.deletions {
        self::deletions(manifest, (name, entity), deletions, problems);
    }
    if let Some(delta) = &entity.delta {
        self::delta(manifest, (name, entity), delta, problems);
    }
    if let Some(bulk) = &entity.bulk {
        self::bulk(manifest, name, bulk, problems);
    }
    if let Some(discover) = &entity.discover {
        self::discover(manifest, name, discover, problems);
    }
}

fn deletions(
    manifest: &Manifest,
    (name, entity): (&str, &Entity),
    deletions: &Deletions,
    problems: &mut Problems,
) {
    let at = ["entities", name, "deletions"];
    request(manifest, &deletions.request, (&at, &PAGED), problems);
    pages(&deletions.request, &deletions.pages, &at, problems);
    let keyed = deletions.pages.kind == PageKind::Keyset;
    problems.when(keyed, &at, "deletions have no keys to go by", "use another kind of pages");
    let alone = entity.changes.is_none();
    problems.when(
        alone,
        &at,
        "deletions are read after changes, of which there are none",
        "describe changes",
    );
}

fn delta(manifest: &Manifest, (name, entity): (&str, &Entity), delta: &Delta, problems: &mut Problems) {
    let at = ["entities", name, "delta"];
    request(manifest, &delta.request, (&at, &PAGED), problems);
    pages(&delta.request, &delta.pages, &at, problems);
    let fits = matches!(delta.pages.kind, PageKind::Cursor | PageKind::Url | PageKind::Link);
    problems.when(!fits, &at, "a feed with a token goes by tokens", "use pages of kind cursor, url or link");
    problems.when(delta.items.0.is_empty(), &at, "nothing says where the records stand", "set items");
    let message = "delta and changes exclude each other";
    problems.when(entity.changes.is_some(), &at, message, "remove one of them");
    if let Some(start) = &delta.start {
        request(manifest, start, (&["entities", name, "delta", "start"], &[Hole::Fields]), problems);
        let message = "the feed begins now, and nothing reads what is there";
        problems.when(entity.list.is_none() && entity.bulk.is_none(), &at, message, "describe list");
    }
    if let Some(removed) = &delta.removed {
        let ways = usize::from(removed.items.is_some()) + usize::from(removed.when.is_some());
        let message = format!("removed records are told in {ways} ways");
        problems.when(ways != 1, &at, message, "give exactly one of removed.items and removed.when");
        if let Some(when) = &removed.when {
            is(when, &at, problems);
        }
    }
    for matching in delta.restart.iter().chain(&delta.expired) {
        let vague = matching.when.is_some() || (matching.status.is_empty() && matching.code.is_empty());
        let message = "the refusal is not told by status or code";
        problems.when(vague, &at, message, "give restart and expired a status or a code");
    }
}

fn bulk(manifest: &Manifest, name: &str, bulk: &Bulk, problems: &mut Problems) {
    let at = ["entities", name, "bulk"];
    let below = |part: &'static str| ["entities", name, "bulk", part];
    let begins = [Hole::Fields, Hole::Now, Hole::Since];
    request(manifest, &bulk.submit.request, (&below("submit"), &begins), problems);
    request(manifest, &bulk.poll.request, (&below("poll"), &[Hole::Job]), problems);
    let message = "the job is not asked for";
    problems.when(!has(&bulk.poll.request, &Hole::Job), &at, message, "put {job} into poll.request");
    problems.when(
        bulk.poll.done.is_empty(),
        &at,
        "no job would ever be done",
        "name the states in poll.done",
    );
    let often = !(1..=60).contains(&bulk.poll.every_s);
    problems.when(often, &at, "a job is asked for every 1 to 60 seconds", "correct poll.every_s");
    download(manifest, bulk, &at, problems);
    if let Some(skip) = &bulk.skip {
        is(skip, &at, problems);
    }
}

fn download(manifest: &Manifest, bulk: &Bulk, at: &[&str], problems: &mut Problems) {
    let download = &bulk.download;
    if let Some(call) = &download.request {
        let allowed = [Hole::Job, Hole::Cursor, Hole::Limit, Hole::Offset, Hole::Start, Hole::Page];
        let place: Vec<&str> = at.iter().copied().chain(["download"]).collect();
        request(manifest, call, (&place, &allowed), problems);
        if let Some(pages) = &download.pages {
            self::pages(call, pages, at, problems);
        }
    } else {
        let message = "nothing says where the result is";
        problems.when(bulk.poll.url.is_none(), at, message, "set poll.url, or describe download.request");
        let message = "no origin is named that the result may be fetched from";
        problems.when(download.origins.is_empty(), at, message, "name it in download.origins");
    }
    for origin in &download.origins {
        let message = format!("`{origin}` is no origin");
        problems.when(!is_origin(origin), at, message, "write https://host without path");
    }
}

fn discover(manifest: &Manifest, name: &str, discover: &Discover, problems: &mut Problems) {
    let at = ["entities", name, "discover"];
    request(manifest, &discover.request, (&at, &[Hole::Fields]), problems);
    for kind in discover.types.values() {
        if let Err(error) = FieldType::parse(kind) {
            problems.add(&at, error.to_string(), "correct the type");
        }
    }
    if let Some(only) = &discover.only {
        is(only, &at, problems);
    }
}
