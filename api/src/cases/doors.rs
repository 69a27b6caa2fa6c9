//! Cases of connecting and of webhooks.

use anyhow::Context as _;
use application::ports::clock::Clock as _;
use application::ports::connector::{CallError, Connectors as _, WebhookCall, WebhookTaken};
use application::ports::credentials::Secrets;
use chrono::DateTime;
use secrecy::SecretString;
use url::Url;

use super::language::{Case, Webhook};
use super::stage::Stage;
use super::told::Told;

const BACK: &str = "https://hub.example/v1/oauth/provider/callback";

/// Exchanges what the browser brings back; the company is named, or those that a person chooses from, with commas.
pub(super) async fn connect(stage: &Stage, case: &Case) -> Result<Told, CallError> {
    let app = stage.app();
    let kept = case.kept.clone().map(SecretString::from);
    let given = stage.registry.exchange(&stage.target, &app, &case.callback, BACK, kept.as_ref()).await?;
    if let Some(realm) = given.realm {
        return Ok(Told::Realm(realm));
    }
    let realms = stage.registry.realms(&stage.target, Some(given.secrets)).await?.unwrap_or_default();
    let ids: Vec<String> = realms.into_iter().map(|realm| realm.id).collect();
    Ok(Told::Realm(ids.join(",")))
}

/// Where the browser is sent: the address without `state`, `code_challenge` and `redirect_uri`.
pub(super) async fn authorize(stage: &Stage) -> Result<Told, CallError> {
    let app = stage.app();
    let asked = stage.registry.authorize(&stage.target, &app, "state-1", BACK).await?;
    let Ok(mut url) = asked.url.parse::<Url>() else { return Ok(Told::Result(asked.url)) };
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .into_owned()
        .filter(|(name, _)| !matches!(name.as_str(), "state" | "code_challenge" | "redirect_uri"))
        .collect();
    url.query_pairs_mut().clear().extend_pairs(kept);
    let query: Vec<String> = url.query_pairs().map(|(name, value)| format!("{name}={value}")).collect();
    Ok(Told::Result(format!("{}?{}", url.path(), query.join("&"))))
}

/// Verifies a delivery. Errors: the case has none, or its address is none.
pub(super) async fn webhook(stage: &Stage, case: &Case) -> anyhow::Result<Told> {
    let webhook = case.webhook.as_ref().context("a webhook case has [case.webhook]")?;
    let now = webhook.now.and_then(|now| DateTime::from_timestamp(now, 0));
    let now = now.unwrap_or_else(|| stage.bench.clock.now());
    let secrets = [signing(webhook), stage.app()];
    let taken = stage.registry.verify_webhook(&stage.target, &secrets, &call(webhook)?, now).await;
    Ok(match taken {
        Err(rejection) => Told::Rejection(rejection.to_string()),
        Ok(WebhookTaken::Handshake(answer)) => Told::Answer(answer.body),
        Ok(WebhookTaken::Events(events, _)) => Told::Events(
            events
                .iter()
                .map(|event| {
                    let gone = if event.deleted { " deleted" } else { "" };
                    let ended = if event.ended { " ended" } else { "" };
                    format!("{} {} {}{gone}{ended}", event.event_type, event.remote_id, event.realm)
                })
                .collect(),
        ),
    })
}

/// The secret in force and the one before it, under each name a manifest may give them.
fn signing(webhook: &Webhook) -> Secrets {
    let mut secrets = Secrets::default();
    for (secret, names) in webhook
        .secrets
        .iter()
        .zip([["webhook_secret", "client_secret"], ["webhook_secret_previous", "client_secret_previous"]])
    {
        for name in names {
            secrets.set(name, secret.clone().into());
        }
    }
    secrets
}

fn call(webhook: &Webhook) -> anyhow::Result<WebhookCall> {
    let url: Url = webhook.url.parse().context("the webhook's url is no URL")?;
    Ok(WebhookCall {
        method: webhook.method.clone(),
        url: webhook.url.clone(),
        query: url.query_pairs().into_owned().collect(),
        headers: webhook.headers.clone(),
        body: webhook.body.as_bytes().to_vec(),
    })
}
