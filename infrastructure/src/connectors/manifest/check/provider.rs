//! Limits, times, features, setup and reference data.

use std::collections::BTreeSet;

use domain::expression::{Expression, Pattern, Place as Standing};
use domain::value::{Direction, ErrorClass, TriggerKind};

use super::super::errors::{Effect, ErrorRule, Status};
use super::super::provider::{Bucket, Feature, Limits, Manifest, Reference};
use super::super::template::Hole;
use super::request::{header, holes, is, request};
use super::{Problems, batch};

pub(super) fn check(manifest: &Manifest, problems: &mut Problems) {
    everywhere(manifest, problems);
    numbers(manifest, problems);
    limits(&manifest.limits, problems);
    for (at, rule) in manifest.errors.iter().enumerate() {
        error(rule, &format!("errors#{at}"), problems);
    }
    if let Some(failed) = &manifest.answers.failed {
        is(failed, &["answers", "failed"], problems);
    }
    if let Some(batch) = &manifest.batch {
        batch::mixed(manifest, batch, problems);
    }
    let mut codes = BTreeSet::new();
    for (at, feature) in manifest.features.iter().enumerate() {
        let twice = !codes.insert(&feature.code);
        let message = format!("the feature `{}` stands twice", feature.code);
        problems.when(twice, &[&format!("features#{at}"), "code"], message, "give each its own code");
        self::feature(manifest, &format!("features#{at}"), feature, problems);
    }
    if let Some(verify) = &manifest.verify {
        request(manifest, &verify.request, (&["verify", "request"], &[]), problems);
    }
    for (name, reference) in &manifest.reference {
        self::reference(manifest, name, reference, problems);
    }
    setup(manifest, problems);
}

/// What stands in every call.
fn everywhere(manifest: &Manifest, problems: &mut Problems) {
    for (name, template) in &manifest.headers {
        holes(manifest, template.holes(), &["headers", name], &[Hole::Now], problems);
        header(name, &["headers", name], problems);
    }
    for (name, template) in &manifest.query {
        holes(manifest, template.holes(), &["query", name], &[Hole::Now], problems);
    }
    if let Some(path) = &manifest.graphql.path {
        holes(manifest, path.holes(), &["graphql", "path"], &[], problems);
    }
    for (code, digits) in &manifest.minor_units {
        let wrong = code.len() != 3 || code.to_ascii_uppercase() != *code || *digits > 6;
        let message = format!("`{code} = {digits}` is no currency's digits");
        problems.when(wrong, &["minor_units", code], message, "write three capital letters and 0 to 6");
    }
}

fn setup(manifest: &Manifest, problems: &mut Problems) {
    let mut names = BTreeSet::new();
    for (at, field) in manifest.setup.iter().enumerate() {
        let place = format!("setup#{at}");
        let twice = !names.insert(&field.name);
        problems.when(twice, &[&place], format!("`{}` is asked twice", field.name), "keep one");
        let unsaid = field.label.trim().is_empty();
        let message = format!("people would not see what `{}` is", field.name);
        problems.when(unsaid, &[&place, "label"], message, "give the field a label");
        let unnamed = field.name.trim().is_empty();
        problems.when(unnamed, &[&place, "name"], "the field has no name", "name its secret or setting");
        if let Some(pattern) = &field.pattern {
            let wrong = Pattern::parse(pattern).is_none();
            let message = format!("`{pattern}` is no regular expression");
            problems.when(wrong, &[&place, "pattern"], message, "correct it, or write a shorter one");
        }
        if let Some(options) = &field.options {
            let unknown = !manifest.reference.contains_key(options);
            let message = format!("there is no list `{options}`");
            problems.when(unknown, &[&place, "options"], message, "describe it under [reference]");
        }
    }
}

fn numbers(manifest: &Manifest, problems: &mut Problems) {
    let (limits, timing) = (&manifest.limits, &manifest.timing);
    let positive = [
        (u64::from(limits.calls), ["limits", "calls"]),
        (limits.per_s, ["limits", "per_s"]),
        (u64::from(limits.concurrency), ["limits", "concurrency"]),
        (timing.request_timeout_ms, ["timing", "request_timeout_ms"]),
        (timing.send_window_ms, ["timing", "send_window_ms"]),
    ];
    for (number, at) in positive {
        problems.when(number == 0, &at, "nothing could ever be sent", "use a number above 0");
    }
    problems.when(
        timing.request_timeout_ms > 600_000,
        &["timing", "request_timeout_ms"],
        "a call could hang for more than ten minutes",
        "use at most 600000",
    );
}

fn limits(limits: &Limits, problems: &mut Problems) {
    let mut names = BTreeSet::new();
    for bucket in &limits.also {
        let Bucket { name, calls, per_s, batch, named, .. } = bucket;
        let at = ["limits", "also"];
        problems.when(!names.insert(name), &at, format!("the limit `{name}` stands twice"), "keep one");
        let never = *calls == 0 || *per_s == 0;
        problems.when(never, &at, format!("the limit `{name}` lets nothing through"), "use numbers above 0");
        let both = *batch && *named;
        let message = format!("the limit `{name}` is both `batch` and `named`");
        problems.when(both, &at, message, "keep one: batch calls count by themselves");
    }
    for wait in &limits.waits {
        let places = usize::from(wait.header.is_some()) + usize::from(wait.field.is_some());
        let message = format!("a wait is read at {places} places");
        problems.when(places != 1, &["limits", "waits"], message, "give exactly one of header and field");
    }
}

/// A refusal without effect is tried again. One that may have had an effect must not be called that.
fn error(rule: &ErrorRule, place: &str, problems: &mut Problems) {
    if let Some(when) = &rule.when {
        is(when, &[place, "when"], problems);
    }
    let nothing = rule.status.is_empty() && rule.code.is_empty() && rule.when.is_none();
    let message = "the line fits every error";
    problems.when(nothing, &[place], message, "give status, code or when, or remove it");
    let retried = matches!(rule.class, ErrorClass::Transient | ErrorClass::RateLimited);
    let doubtful = |status: &Status| match status {
        Status::Code(code) => *code == 408 || (*code >= 500 && *code != 501),
        Status::Class(class) => *class == 5,
    };
    let unsure = retried
        && rule.effect == Some(Effect::None)
        && rule.code.is_empty()
        && (rule.status.is_empty() || rule.status.iter().any(doubtful));
    let message = "a write refused like this would be sent again, though it may have been done";
    let hint = "leave effect out, or name the provider's code that says nothing was done";
    problems.when(unsure, &[place, "effect"], message, hint);
}

fn reference(manifest: &Manifest, name: &str, reference: &Reference, problems: &mut Problems) {
    let at = ["reference", name];
    let sources = usize::from(!reference.values.is_empty()) + usize::from(reference.lookup.is_some());
    let message = format!("the list comes from {sources} places");
    problems.when(sources != 1, &at, message, "give exactly one of values and lookup");
    if let Some(lookup) = &reference.lookup {
        let found = manifest.operations.get(lookup);
        let message = format!("there is no lookup `{lookup}`");
        problems.when(found.is_none(), &at, message, "describe it under [operations]");
        let asks =
            found.is_some_and(|found| found.parameters.iter().any(|p| p.required && p.default.is_none()));
        let message = "the lookup asks for parameters, which a list has none of";
        problems.when(asks, &at, message, "give its parameters a default, or make them optional");
        let message = "nothing says where an element has its code";
        problems.when(reference.value.is_none(), &at, message, "set value");
    }
}

fn feature(manifest: &Manifest, place: &str, feature: &Feature, problems: &mut Problems) {
    let trigger = TriggerKind::parse(&feature.trigger);
    problems.when(
        trigger.is_err(),
        &[place, "trigger"],
        format!("`{}` is no trigger", feature.trigger),
        "use realtime, on_status_change, on_manual, on_schedule or on_link",
    );
    if let Some(filter) = &feature.filter
        && let Err(error) = Expression::parse(filter, &Standing::default())
    {
        problems.add(&[place, "filter"], error.to_string(), "correct the expression");
    }
    let Some(entity) = manifest.entities.get(&feature.remote_entity) else {
        let message = format!("there is no entity `{}`", feature.remote_entity);
        problems.add(&[place, "remote_entity"], message, "describe it, or remove the feature");
        return;
    };
    let message = format!(
        "`{}` is mapped to our `{}`, not to `{}`",
        feature.remote_entity, entity.local_entity, feature.local_entity
    );
    let other = entity.local_entity != feature.local_entity;
    let hint = "give the feature and its entity the same local_entity";
    problems.when(other, &[place, "local_entity"], message, hint);
    let direction = feature.direction;
    problems.when(
        direction.sends() && entity.create.is_none() && entity.update.is_none(),
        &[place, "direction"],
        format!("`{}` cannot be written", feature.remote_entity),
        format!("use direction = \"{}\", or describe create and update", Direction::Inbound),
    );
    problems.when(
        direction.receives() && !entity.can_be_read(),
        &[place, "direction"],
        format!("`{}` cannot be read", feature.remote_entity),
        format!("use direction = \"{}\", or describe list", Direction::Outbound),
    );
}
