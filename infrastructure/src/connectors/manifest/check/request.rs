//! One request, wherever it stands.

use super::super::fields::FieldIs;
use super::super::provider::Manifest;
use super::super::request::{Method, Request};
use super::super::template::Hole;
use super::Problems;

/// Everything about a request: its holes, where it goes, what it says.
pub(super) fn request(
    manifest: &Manifest,
    request: &Request,
    (at, allowed): (&[&str], &[Hole]),
    problems: &mut Problems,
) {
    let at: &[&str] = &at.iter().copied().chain(["request"]).collect::<Vec<&str>>();
    holes(manifest, request.holes(), at, allowed, problems);
    let named = request.path.is_some() || (request.graphql.is_some() && manifest.graphql.path.is_some());
    problems.when(!named, at, "the request has no path", "give a path; for GraphQL once, under [graphql]");
    let message = "a request with GET carries a body";
    let body = request.body.is_some() || request.graphql.is_some();
    problems.when(body && request.method() == Method::Get, at, message, "use method = \"POST\"");
    content(manifest, request, at, problems);
    for name in request.headers.keys() {
        header(name, at, problems);
    }
    if let Some(method) = &request.auth {
        let known = method == "none" || manifest.auth.methods.contains_key(method);
        let message = format!("there is no method `{method}` to authenticate with");
        problems.when(!known, at, message, "describe it under [auth.methods], or use \"none\"");
    }
    for name in &request.limits {
        let known = manifest.limits.also.iter().any(|bucket| bucket.named && bucket.name == *name);
        let message = format!("there is no named limit `{name}`");
        problems.when(!known, at, message, "add it to limits.also with named = true");
    }
    for matching in &request.empty_when {
        if let Some(when) = &matching.when {
            is(when, at, problems);
        }
        let nothing = matching.status.is_empty() && matching.code.is_empty() && matching.when.is_none();
        let message = "every answer would mean that there is nothing";
        problems.when(nothing, at, message, "give empty_when a status, a code or a predicate");
    }
}

fn content(manifest: &Manifest, request: &Request, at: &[&str], problems: &mut Problems) {
    if let Some(statement) = &request.statement {
        let places = usize::from(statement.parameter.is_some()) + usize::from(statement.member.is_some());
        let message = format!("the statement goes to {places} places");
        problems.when(places != 1, at, message, "give exactly one of parameter and member");
    }
    let Some(graphql) = &request.graphql else { return };
    problems.when(request.body.is_some(), at, "a GraphQL request has a body already", "remove body");
    let count = |letter| graphql.query.matches(letter).count();
    let document = count('{') > 0 && count('{') == count('}');
    let message = "the GraphQL document's braces do not match";
    problems.when(!document, at, message, "correct the document; its braces are written once, not twice");
    for name in &graphql.fragments {
        let unknown = !manifest.graphql.fragments.contains_key(name);
        let message = format!("there is no fragment `{name}`");
        problems.when(unknown, at, message, "describe it under [graphql.fragments]");
    }
    for name in graphql.variables.keys() {
        let unused = !graphql.query.contains(&format!("${name}"));
        let message = format!("the document does not use the variable `{name}`");
        problems.when(unused, at, message, "declare it in the document, or remove it");
    }
}

/// The name of a header (RFC 9110, a token), and none that belongs to the connection itself.
pub(super) fn header(name: &str, at: &[&str], problems: &mut Problems) {
    let token = |letter: char| letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(letter);
    let fits = !name.is_empty() && name.chars().all(token);
    problems.when(!fits, at, format!("`{name}` is no header"), "use letters, digits and -");
    let ours = ["host", "content-length", "connection", "transfer-encoding"];
    let taken = ours.contains(&name.to_ascii_lowercase().as_str());
    problems.when(taken, at, format!("the header `{name}` is written by the HTTP client"), "remove it");
}

/// A predicate has one test.
pub(super) fn is(is: &FieldIs, at: &[&str], problems: &mut Problems) {
    let message = format!("the predicate on `{}` has {} tests", is.field.text(), is.tests());
    problems.when(is.tests() != 1, at, message, "give exactly one of equals, any_of, contains and present");
}

/// Holes that have no value in this place, and settings that nobody is asked for.
pub(super) fn holes<'h>(
    manifest: &Manifest,
    holes: impl Iterator<Item = &'h Hole>,
    at: &[&str],
    allowed: &[Hole],
    problems: &mut Problems,
) {
    for hole in holes {
        match hole {
            Hole::Realm => {}
            Hole::Named(name) if name.starts_with("context.") => {}
            Hole::Version => {
                let message = "there is no version";
                problems.when(manifest.version.is_none(), at, message, "set version = { current = \"…\" }");
            }
            Hole::Setting(name) => {
                let asked = manifest.setup.iter().any(|field| field.name == *name && !field.secret);
                let hint = format!("add a [[setup]] field `{name}` that is no secret");
                problems.when(!asked, at, format!("the setting `{name}` is not asked for"), hint);
            }
            Hole::Record(_) if allowed.iter().any(|hole| matches!(hole, Hole::Record(_))) => {}
            Hole::Named(name) if name.starts_with("secret.") => {
                let message = format!("{hole} would put a secret where it can be read");
                let hint = "secrets go where `send` of [auth] says, and nowhere else";
                problems.when(!allowed.contains(hole), at, message, hint);
            }
            other => {
                let message = format!("{other} has no value here");
                problems.when(!allowed.contains(other), at, message, "use a hole that belongs to this call");
            }
        }
    }
}
