//! Webhooks: what proves them, what they say, and how they are subscribed to.

use super::super::provider::Manifest;
use super::super::webhook::{EventShape, Handshake, Pick, SecretOf, Webhooks};
use super::Problems;

mod signature;
mod subscribe;

pub(super) fn check(manifest: &Manifest, webhooks: &Webhooks, problems: &mut Problems) {
    problems.when(
        webhooks.shapes.is_empty(),
        &["webhooks"],
        "no shape of a webhook is described",
        "add [[webhooks.shapes]]",
    );
    entities(manifest, webhooks, problems);
    secrets(manifest, webhooks, problems);
    signature::check(&webhooks.signature, problems);
    for (at, handshake) in webhooks.handshakes.iter().enumerate() {
        self::handshake(handshake, &format!("handshakes#{at}"), problems);
    }
    for (at, shape) in webhooks.shapes.iter().enumerate() {
        self::shape(manifest, webhooks, (shape, &format!("shapes#{at}")), problems);
    }
    for (at, event) in webhooks.ended.iter().enumerate() {
        let place = format!("ended#{at}");
        let message = format!("`{event}` is no event type");
        problems.when(
            !event.contains('.'),
            &["webhooks", &place],
            message,
            "write <entity>.<verb>, as events are named",
        );
    }
    if let Some(subscribe) = &webhooks.subscribe {
        subscribe::check(manifest, webhooks, subscribe, problems);
    }
}

fn entities(manifest: &Manifest, webhooks: &Webhooks, problems: &mut Problems) {
    for (word, entities) in &webhooks.entities {
        for entity in &entities.0 {
            problems.when(
                !manifest.entities.contains_key(entity),
                &["webhooks", "entities", word],
                format!("there is no entity `{entity}`"),
                "name an entity of this manifest",
            );
        }
    }
}

fn secrets(manifest: &Manifest, webhooks: &Webhooks, problems: &mut Problems) {
    problems.when(
        webhooks.secrets.is_empty(),
        &["webhooks", "secrets"],
        "no delivery could be verified",
        "name a secret, or leave `secrets` out",
    );
    let usual = ["webhook_secret", "webhook_secret_previous", "client_secret", "client_secret_previous"];
    for (at, name) in webhooks.secrets.iter().enumerate() {
        let asked = manifest.setup.iter().any(|field| field.secret && field.name == *name);
        let place = format!("secrets#{at}");
        problems.when(
            !asked && !usual.contains(&name.as_str()),
            &["webhooks", &place],
            format!("nobody is asked for the secret `{name}`"),
            format!("add a [[setup]] field `{name}` with secret = true"),
        );
    }
}

fn handshake(handshake: &Handshake, place: &str, problems: &mut Problems) {
    let at = ["webhooks", place];
    let kinds = usize::from(handshake.echo.is_some()) + usize::from(handshake.form.is_some());
    let message = format!("the handshake has {kinds} ways to fit");
    problems.when(kinds != 1, &at, message, "give exactly one of `echo` and `form`");
    if let Some(echo) = &handshake.echo {
        let sources = [echo.at.is_some(), echo.query.is_some(), echo.header.is_some()]
            .iter()
            .filter(|given| **given)
            .count();
        let message = format!("the handshake gives back {sources} things");
        problems.when(sources != 1, &at, message, "give exactly one of at, query and header");
    }
    problems.when(
        handshake.json.is_some() && handshake.echo.is_none(),
        &at,
        "there is nothing to put into the JSON answer",
        "say what is given back with `echo`",
    );
}

fn shape(
    manifest: &Manifest,
    webhooks: &Webhooks,
    (shape, place): (&EventShape, &str),
    problems: &mut Problems,
) {
    let realms = manifest.auth.realm.is_some() || manifest.auth.realms.is_some();
    problems.when(
        realms && webhooks.secret == SecretOf::App && shape.realm.is_none(),
        &["webhooks", place],
        "the event does not say which company it is about",
        "say where its `realm` stands",
    );
    let picks = [
        ("realm", shape.realm.as_ref()),
        ("entity", Some(&shape.entity)),
        ("id", shape.id.as_ref()),
        ("verb", Some(&shape.verb)),
        ("dedupe", shape.dedupe.as_ref()),
    ];
    for (name, pick) in picks {
        if let Some(pick) = pick {
            self::pick(pick, &["webhooks", place, name], problems);
        }
    }
}

fn pick(pick: &Pick, at: &[&str], problems: &mut Problems) {
    let Pick { at: place, header, query, value, split, part, .. } = pick;
    let sources = [place.is_some(), header.is_some(), query.is_some(), value.is_some()];
    let count = sources.iter().filter(|given| **given).count();
    let message = format!("the value comes from {count} places");
    problems.when(count != 1, at, message, "give exactly one of at, header, query and value");
    problems.when(
        split.is_none() && *part > 0,
        at,
        "`part` without `split`",
        "say what the text is split at",
    );
}
