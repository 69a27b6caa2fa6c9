//! A page of the provider.

use super::super::super::auth::{Hosted, Opening};
use super::super::super::request::{Method, Request};
use super::super::super::template::Hole;
use super::super::Problems;
use super::{At, is_named};

pub(super) fn check(at: At<'_>, page: &Hosted, problems: &mut Problems) {
    let no_return = "the page is not told where to send the browser back";
    opening(at, (&page.begin, "begin"), no_return, problems);
    if let Some(again) = &page.again {
        opening(at, (again, "again"), no_return, problems);
    }
    let useless = ("a new connection has no token that could be gone", "remove `gone`, or describe `again`");
    at.when(!page.begin.gone.is_empty(), &["hosted", "begin", "gone"], useless, problems);
    let unknown = "it is not said which page is meant";
    call(at, (&page.result.request, "result"), ("hosted.ticket", unknown), problems);
    let nothing = "nothing is exchanged";
    call(at, (&page.exchange.request, "exchange"), ("hosted.code", nothing), problems);
    if let Some(remove) = &page.remove {
        let place: Vec<&str> = at.place.iter().chain(&["hosted", "remove"]).copied().collect();
        super::super::request::request(at.manifest, remove, (&place, &[]), problems);
    }
    let elsewhere =
        at.auth.realm.as_ref().is_some_and(|from| from.callback.is_some() || from.claim.is_some());
    let told = (
        "a page's end names no company there",
        "use realm = { token = \"…\" }, a place in the exchange's answer",
    );
    at.when(elsewhere, &["realm"], told, problems);
}

fn opening(at: At<'_>, (opening, name): (&Opening, &str), message: &str, problems: &mut Problems) {
    call(at, (&opening.request, name), ("hosted.return", message), problems);
    for matching in &opening.gone {
        let vague = matching.when.is_some() || (matching.status.is_empty() && matching.code.is_empty());
        let told = ("the refusal is not told by status or code", "give gone a status or a code");
        at.when(vague, &["hosted", name, "gone"], told, problems);
    }
}

/// A call that must say one thing of the page, and may say no other.
fn call(
    at: At<'_>,
    (request, name): (&Request, &str),
    (needed, message): (&str, &str),
    problems: &mut Problems,
) {
    let needs = |hole: &Hole| matches!(hole, Hole::Named(name) if name == needed);
    let lacking = (message.to_owned(), format!("put {{{needed}}} into the request"));
    at.when(!request.holes().any(needs), &["hosted", name], lacking, problems);
    for hole in request.holes().filter(|hole| is_named(hole, "hosted.") && !needs(hole)) {
        let told = (format!("{hole} has no value here"), format!("use {{{needed}}}"));
        at.when(true, &["hosted", name], told, problems);
    }
    let reads = request.method() == Method::Get;
    let plain = ("what must stay secret would stand in the provider's access log", "use method = \"POST\"");
    at.when(reads, &["hosted", name], plain, problems);
    let place: Vec<&str> = at.place.iter().chain(&["hosted", name]).copied().collect();
    let others = request.holes().filter(|hole| !is_named(hole, "hosted."));
    super::super::request::holes(at.manifest, others, &place, &[], problems);
}
