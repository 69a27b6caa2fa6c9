//! Limits, times, batches, webhooks and features.

use std::collections::BTreeSet;

use domain::value::{Direction, TriggerKind};

use super::super::batch::Batch;
use super::super::provider::{Feature, Manifest};
use super::super::request::Method;
use super::super::template::Hole;
use super::super::webhook::Webhooks;
use super::Problems;

pub(super) fn check(manifest: &Manifest, problems: &mut Problems) {
    numbers(manifest, problems);
    if let Some(batch) = &manifest.batch {
        self::batch(manifest, batch, problems);
    }
    if let Some(webhooks) = &manifest.webhooks {
        self::webhooks(manifest, webhooks, problems);
    }
    for (at, feature) in manifest.features.iter().enumerate() {
        self::feature(manifest, &format!("features#{at}"), feature, problems);
    }
    if let Some(verify) = &manifest.verify {
        holes(manifest, verify.request.holes(), &["verify", "request"], &[], problems);
    }
    let mut names = BTreeSet::new();
    for (at, field) in manifest.setup.iter().enumerate() {
        let place = format!("setup#{at}");
        problems.when(
            !names.insert(&field.name),
            &[&place],
            format!("`{}` is asked twice", field.name),
            "keep one",
        );
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
            Hole::Setting(name) => {
                let asked = manifest.setup.iter().any(|field| field.name == *name && !field.secret);
                let hint = format!("add a [[setup]] field `{name}` that is no secret");
                problems.when(!asked, at, format!("the setting `{name}` is not asked for"), hint);
            }
            other => {
                let message = format!("{other} has no value here");
                problems.when(!allowed.contains(other), at, message, "use a hole that belongs to this call");
            }
        }
    }
}

fn batch(manifest: &Manifest, batch: &Batch, problems: &mut Problems) {
    holes(manifest, batch.request.holes(), &["batch", "request"], &[Hole::Key], problems);
    problems.when(batch.max == 0, &["batch", "max"], "a batch could carry nothing", "use a number above 0");
    problems.when(
        batch.request.method == Method::Get,
        &["batch", "request"],
        "a batch is sent with GET",
        "use method = \"POST\"",
    );
    problems.when(
        batch.verbs.is_empty(),
        &["batch", "verbs"],
        "a batch could do nothing",
        "name the operations it carries",
    );
}

fn webhooks(manifest: &Manifest, webhooks: &Webhooks, problems: &mut Problems) {
    problems.when(
        webhooks.shapes.is_empty(),
        &["webhooks"],
        "no shape of a webhook is described",
        "add [[webhooks.shapes]]",
    );
    for (word, entity) in &webhooks.entities {
        problems.when(
            !manifest.entities.contains_key(entity),
            &["webhooks", "entities", word],
            format!("there is no entity `{entity}`"),
            "name an entity of this manifest",
        );
    }
    let realms = manifest.auth.oauth2.as_ref().is_some_and(|oauth2| oauth2.realm.is_some());
    for (at, shape) in webhooks.shapes.iter().enumerate() {
        let place = format!("shapes#{at}");
        problems.when(
            realms && shape.realm.is_none(),
            &["webhooks", &place],
            "the event does not say which company it is about",
            "say where its `realm` stands",
        );
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
    let Some(entity) = manifest.entities.get(&feature.remote_entity) else {
        let message = format!("there is no entity `{}`", feature.remote_entity);
        problems.add(&[place, "remote_entity"], message, "describe it, or remove the feature");
        return;
    };
    let direction = feature.direction;
    problems.when(
        direction.sends() && entity.create.is_none() && entity.update.is_none(),
        &[place, "direction"],
        format!("`{}` cannot be written", feature.remote_entity),
        format!("use direction = \"{}\", or describe create and update", Direction::Inbound),
    );
    problems.when(
        direction.receives() && entity.list.is_none() && entity.changes.is_none(),
        &[place, "direction"],
        format!("`{}` cannot be read", feature.remote_entity),
        format!("use direction = \"{}\", or describe list", Direction::Outbound),
    );
}
