//! Lookups and submissions.

use std::collections::BTreeSet;

use domain::expression::{Expression, Pattern, Place as Standing};

use super::super::provider::{LookUp, Manifest, OperationKind, OperationOf, Parameter};
use super::super::request::{Method, Request};
use super::super::template::Hole;
use super::Problems;
use super::pages::pages;
use super::request::request;

/// The types of parameters.
const TYPES: [&str; 7] = ["text", "integer", "decimal", "boolean", "date", "array", "object"];

pub(super) fn check(manifest: &Manifest, name: &str, operation: &OperationOf, problems: &mut Problems) {
    let at = ["operations", name];
    let mut names = BTreeSet::new();
    for parameter in &operation.parameters {
        let twice = !names.insert(parameter.name.as_str());
        problems.when(twice, &at, format!("`{}` is asked twice", parameter.name), "keep one");
        self::parameter(parameter, &at, problems);
    }
    asks(manifest, operation, &operation.request, (&at, problems));
    for rule in &operation.rules {
        if let Err(error) = Expression::parse(&rule.check, &Standing::default()) {
            problems.add(&at, error.to_string(), "correct the expression");
        }
    }
    if let (Some(pages), true) = (&operation.pages, operation.items.is_some()) {
        self::pages(&operation.request, pages, &at, problems);
    }
    problems.when(operation.pages.is_some() && operation.items.is_none(), &at, "pages of what?", "set items");
    match operation.kind {
        OperationKind::Lookup => lookup(operation, &at, problems),
        OperationKind::Submit => submit(manifest, operation, &at, problems),
    }
}

fn parameter(parameter: &Parameter, at: &[&str], problems: &mut Problems) {
    let Parameter { name, kind, pattern, digits, .. } = parameter;
    let unknown = !TYPES.contains(&kind.as_str());
    let message = format!("`{name}` has an unknown type `{kind}`");
    problems.when(unknown, at, message, format!("use {}", TYPES.join(", ")));
    let stray = digits.is_some() && kind != "decimal";
    problems.when(stray, at, format!("`{name}` has digits, but is no decimal"), "remove digits");
    if let Some(pattern) = pattern {
        let wrong = Pattern::parse(pattern).is_none();
        let message = format!("`{name}`: `{pattern}` is no regular expression");
        problems.when(wrong, at, message, "correct it, or write a shorter one");
    }
}

/// A request, which may use the parameters that there are.
fn asks(
    manifest: &Manifest,
    operation: &OperationOf,
    call: &Request,
    (at, problems): (&[&str], &mut Problems),
) {
    let mut allowed = vec![Hole::Now, Hole::Cursor, Hole::Limit, Hole::Start, Hole::Offset, Hole::Page];
    if operation.kind == OperationKind::Submit {
        allowed.push(Hole::Key);
    }
    allowed.extend(operation.parameters.iter().map(|parameter| Hole::Param(parameter.name.clone())));
    request(manifest, call, (at, &allowed), problems);
}

fn lookup(operation: &OperationOf, at: &[&str], problems: &mut Problems) {
    let stray =
        operation.look_up.is_some() || !operation.natural_key.is_empty() || !operation.receipt.is_empty();
    let message = "look_up, natural_key and receipt belong to submissions";
    problems.when(stray, at, message, "remove them, or use kind = \"submit\"");
}

fn submit(manifest: &Manifest, operation: &OperationOf, at: &[&str], problems: &mut Problems) {
    let get = operation.request.method() == Method::Get;
    problems.when(get, at, "a submission is sent with GET", "use method = \"POST\"");
    problems.when(operation.cache_s > 0, at, "a submission is not remembered", "remove cache_s");
    let message = "nothing says what may be submitted once only";
    problems.when(operation.natural_key.is_empty(), at, message, "name its parameters in natural_key");
    let known = |name: &String| operation.parameters.iter().any(|parameter| parameter.name == *name);
    for name in operation.natural_key.iter().filter(|name| !known(name)) {
        problems.add(at, format!("there is no parameter `{name}`"), "correct natural_key");
    }
    let Some(LookUp { request: call, same, .. }) = &operation.look_up else {
        let message = "after an unknown outcome nobody could find out whether it was done";
        return problems.add(at, message, "describe look_up: it is never sent again blindly");
    };
    let place: Vec<&str> = at.iter().copied().chain(["look_up"]).collect();
    asks(manifest, operation, call, (&place, problems));
    let message = "look_up cannot tell our submission from another";
    problems.when(
        same.is_empty(),
        at,
        message,
        "name the members that must equal our parameters in look_up.same",
    );
    for name in same.values().filter(|name| !known(name)) {
        problems.add(at, format!("there is no parameter `{name}`"), "correct look_up.same");
    }
}
