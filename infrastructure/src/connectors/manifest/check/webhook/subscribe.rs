//! How events are subscribed to.

use super::super::super::provider::Manifest;
use super::super::super::template::Hole;
use super::super::super::webhook::{Per, SecretOf, Subscribe, SubscriptionCall, Webhooks};
use super::super::Problems;
use super::super::auth::is_named;
use super::super::request::holes;

/// What a call may name.
const NAMES: [&str; 5] = ["webhook.url", "webhook.event", "webhook.id", "webhook.secret", "webhook.expires"];

pub(super) fn check(
    manifest: &Manifest,
    webhooks: &Webhooks,
    subscribe: &Subscribe,
    problems: &mut Problems,
) {
    secret(webhooks, subscribe, problems);
    let at = ["webhooks", "subscribe"];
    let late = subscribe.lifetime_s.is_some_and(|life| subscribe.renewal_s() >= life);
    problems.when(
        late,
        &at,
        "it would be renewed all the time",
        "use a renew_before_s shorter than lifetime_s",
    );
    let stray = subscribe.renew_before_s.is_some() && subscribe.lifetime_s.is_none();
    problems.when(stray, &at, "a renewal of what does not end", "give lifetime_s");
    let calls = [
        ("create", Some(&subscribe.create)),
        ("renew", subscribe.renew.as_ref()),
        ("delete", subscribe.delete.as_ref()),
    ];
    for (name, call) in calls {
        if let Some(call) = call {
            self::call(manifest, subscribe, (name, call), problems);
        }
    }
}

fn secret(webhooks: &Webhooks, subscribe: &Subscribe, problems: &mut Problems) {
    let at = ["webhooks", "subscribe"];
    let (ours, theirs) = (subscribe.makes_secret, subscribe.create.secret.is_some());
    problems.when(
        ours && theirs,
        &at,
        "the secret is chosen twice",
        "keep one of makes_secret and create.secret",
    );
    let lost = (ours || theirs) && webhooks.secret == SecretOf::App;
    problems.when(
        lost,
        &at,
        "the secret belongs to a connection, but deliveries are verified with the app's",
        "use secret = \"integration\" in [webhooks]",
    );
    problems.when(
        (ours || theirs) && subscribe.per == Per::App,
        &at,
        "a subscription of the app has no connection to keep its secret",
        "use per = \"connection\", or a secret of the app",
    );
}

fn call(
    manifest: &Manifest,
    subscribe: &Subscribe,
    (name, call): (&str, &SubscriptionCall),
    problems: &mut Problems,
) {
    let at = ["webhooks", "subscribe", name];
    let ours: Vec<&Hole> = call.request.holes().filter(|hole| is_named(hole, "webhook.")).collect();
    for hole in &ours {
        let Hole::Named(hole) = hole else { continue };
        let message = format!("{{{hole}}} is unknown");
        problems.when(!NAMES.contains(&hole.as_str()), &at, message, format!("use {}", NAMES.join(", ")));
    }
    let uses = |wanted: &str| ours.iter().any(|hole| matches!(hole, Hole::Named(name) if name == wanted));
    let known = subscribe.create.id.is_some() || subscribe.list.is_some();
    problems.when(
        uses("webhook.id") && (name == "create" || !known),
        &at,
        "{webhook.id} has no value here",
        "say where the answer of `create` has the `id`",
    );
    problems.when(
        uses("webhook.secret") && !subscribe.makes_secret,
        &at,
        "{webhook.secret} has no value",
        "say makes_secret = true",
    );
    problems.when(
        uses("webhook.expires") && subscribe.lifetime_s.is_none(),
        &at,
        "{webhook.expires} has no value",
        "give lifetime_s",
    );
    problems.when(
        name == "create" && !uses("webhook.url"),
        &at,
        "the provider is not told where to send",
        "use {webhook.url}",
    );
    let others = call.request.holes().filter(|hole| !is_named(hole, "webhook."));
    holes(manifest, others, &at, &[], problems);
}
