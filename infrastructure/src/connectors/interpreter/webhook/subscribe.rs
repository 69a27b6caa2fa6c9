//! Subscriptions: made, adopted, prolonged, deleted.

use std::collections::BTreeMap;

use application::ports::connector::{CallError, Subscribing, Subscription, Subscriptions};
use application::ports::credentials::{Owner, Secrets};
use chrono::{DateTime, TimeDelta, Utc};
use domain::integration::Verification;
use domain::value::ErrorClass;
use secrecy::ExposeSecret;
use serde_json::Value;

use crate::connectors::interpreter::call::{call, refused};
use crate::connectors::interpreter::connection::ManifestConnection;
use crate::connectors::interpreter::oauth::said_place;
use crate::connectors::interpreter::realms::elements;
use crate::connectors::manifest::{
    Manifest, Per, SignatureKind, Subscribe, SubscriptionCall, SubscriptionList, Values,
};

/// The secret of a connection that its deliveries are signed with.
const SECRET: &str = "webhook_secret";
/// The one before it.
const PREVIOUS: &str = "webhook_secret_previous";

/// What is to be subscribed to.
pub(in crate::connectors) fn subscriptions(manifest: &Manifest) -> Option<Subscriptions> {
    let webhooks = manifest.webhooks.as_ref()?;
    let described = webhooks.subscribe.as_ref()?;
    let everything = || vec![String::new()];
    let events = described.events.clone();
    Some(Subscriptions {
        events: if events.is_empty() { everything() } else { events },
        of_app: described.per == Per::App,
        renew_before_s: described.renewal_s(),
        listed: described.list.is_some(),
        verification: match webhooks.signature.kind {
            SignatureKind::Hmac => Verification::Hmac,
            SignatureKind::Jwt => Verification::KeySet,
            SignatureKind::Certificate => Verification::Certificate,
            SignatureKind::Shared => Verification::SharedSecret,
        },
    })
}

fn described(connection: &ManifestConnection) -> Result<&Subscribe, CallError> {
    let webhooks = connection.manifest().webhooks.as_ref();
    let described = webhooks.and_then(|webhooks| webhooks.subscribe.as_ref());
    described.ok_or_else(|| refused(ErrorClass::Validation, "the manifest describes no subscription"))
}

/// Makes a subscription. One that is there already is adopted, unless its secret is lost: then it is made anew.
pub(in crate::connectors) async fn subscribe(
    connection: &ManifestConnection,
    wanted: &Subscribing,
) -> Result<Subscription, CallError> {
    let subscribe = described(connection)?;
    let there = match &subscribe.list {
        Some(list) => find(connection, list, wanted).await?,
        None => None,
    };
    let own_secret = subscribe.create.secret.is_some() || subscribe.makes_secret;
    match there {
        Some(known) if !own_secret || secret(connection).await?.is_some() => Ok(known),
        Some(known) => {
            unsubscribe(connection, wanted, &known).await?;
            create(connection, subscribe, wanted).await
        }
        None => create(connection, subscribe, wanted).await,
    }
}

/// Prolongs a subscription; without a call for it, it is deleted and made again.
pub(in crate::connectors) async fn renew(
    connection: &ManifestConnection,
    wanted: &Subscribing,
    known: &Subscription,
) -> Result<Subscription, CallError> {
    let subscribe = described(connection)?;
    let Some(renewal) = &subscribe.renew else {
        unsubscribe(connection, wanted, known).await?;
        return create(connection, subscribe, wanted).await;
    };
    let named = named(connection, subscribe, (wanted, known.id.as_deref())).await?;
    match ask(connection, renewal, &named).await {
        Ok(answer) => Ok(Subscription {
            id: known.id.clone(),
            expires_at: ends(connection, subscribe, (renewal, &answer)),
        }),
        Err(error) if error.class == ErrorClass::NotFound => create(connection, subscribe, wanted).await,
        Err(error) => Err(error),
    }
}

/// Deletes a subscription; one that is gone is what was wanted.
pub(in crate::connectors) async fn unsubscribe(
    connection: &ManifestConnection,
    wanted: &Subscribing,
    known: &Subscription,
) -> Result<(), CallError> {
    let subscribe = described(connection)?;
    let Some(deletion) = &subscribe.delete else { return Ok(()) };
    let named = named(connection, subscribe, (wanted, known.id.as_deref())).await?;
    match ask(connection, deletion, &named).await {
        Ok(_) => Ok(()),
        Err(error) if error.class == ErrorClass::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

async fn create(
    connection: &ManifestConnection,
    subscribe: &Subscribe,
    wanted: &Subscribing,
) -> Result<Subscription, CallError> {
    if subscribe.makes_secret && secret(connection).await?.is_none() {
        let mut bytes = [0_u8; 32];
        connection.services.ids.random(&mut bytes);
        // Stored first: the provider may sign with it before its answer is here.
        keep_secret(connection, &hex::encode(bytes)).await?;
    }
    let named = named(connection, subscribe, (wanted, None)).await?;
    let answer = ask(connection, &subscribe.create, &named).await?;
    if let Some(place) = &subscribe.create.secret {
        let secret = said_place(&answer, place);
        let secret = secret
            .ok_or_else(|| refused(ErrorClass::Unreadable, "the subscription came without its secret"))?;
        keep_secret(connection, &secret).await?;
    }
    let id = subscribe.create.id.as_ref().and_then(|place| said_place(&answer, place));
    let expires_at = ends(connection, subscribe, (&subscribe.create, &answer));
    Ok(Subscription { id, expires_at })
}

async fn ask(
    connection: &ManifestConnection,
    described: &SubscriptionCall,
    named: &BTreeMap<String, String>,
) -> Result<Value, CallError> {
    let values = Values { named: Some(named), ..connection.values() };
    let call = call(connection.manifest(), &described.request, &values)?;
    let text = connection.ask(&call).await?.text;
    Ok(serde_json::from_str(&text).unwrap_or_default())
}

/// A subscription to the same address and event that the provider knows.
async fn find(
    connection: &ManifestConnection,
    list: &SubscriptionList,
    wanted: &Subscribing,
) -> Result<Option<Subscription>, CallError> {
    let call = call(connection.manifest(), &list.request, &connection.values())?;
    let elements = elements(&connection.ask(&call).await?.text, list.each.as_ref())?;
    let same = |element: &&Value| {
        let event = list.event.as_ref().and_then(|place| said_place(element, place));
        said_place(element, &list.url).as_ref() == Some(&wanted.url)
            && event.is_none_or(|event| event.eq_ignore_ascii_case(&wanted.event))
    };
    let Some(element) = elements.iter().find(same) else { return Ok(None) };
    // When it ends is not said here: it is renewed at once where it ends at all.
    let lives = described(connection)?.lifetime_s.is_some();
    let expires_at = lives.then(|| connection.services.clock.now());
    Ok(Some(Subscription { id: said_place(element, &list.id), expires_at }))
}

async fn named(
    connection: &ManifestConnection,
    subscribe: &Subscribe,
    (wanted, id): (&Subscribing, Option<&str>),
) -> Result<BTreeMap<String, String>, CallError> {
    let mut named = connection.named(&BTreeMap::new());
    named.insert("webhook.url".to_owned(), wanted.url.clone());
    named.insert("webhook.event".to_owned(), wanted.event.clone());
    if let Some(id) = id {
        named.insert("webhook.id".to_owned(), id.to_owned());
    }
    if subscribe.makes_secret
        && let Some(secret) = secret(connection).await?
    {
        named.insert("webhook.secret".to_owned(), secret);
    }
    if let Some(ends) = lifetime(connection, subscribe) {
        let text = ends.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        named.insert("webhook.expires".to_owned(), text);
    }
    Ok(named)
}

fn lifetime(connection: &ManifestConnection, subscribe: &Subscribe) -> Option<DateTime<Utc>> {
    let life = TimeDelta::try_seconds(i64::try_from(subscribe.lifetime_s?).ok()?)?;
    connection.services.clock.now().checked_add_signed(life)
}

/// When it ends, as the answer says, else as the manifest does.
fn ends(
    connection: &ManifestConnection,
    subscribe: &Subscribe,
    (described, answer): (&SubscriptionCall, &Value),
) -> Option<DateTime<Utc>> {
    let said = described.expires.as_ref().and_then(|place| said_place(answer, place));
    let said = said.and_then(|text| DateTime::parse_from_rfc3339(&text).ok());
    said.map(|at| at.with_timezone(&Utc)).or_else(|| lifetime(connection, subscribe))
}

async fn stored(connection: &ManifestConnection) -> Result<(Secrets, u64), CallError> {
    let owner = Owner::Integration(connection.target.integration);
    let found = connection.services.credentials.get(connection.target.organization, &owner).await;
    let found = found.map_err(|error| refused(ErrorClass::Transient, error.to_string()))?;
    Ok(found.unwrap_or_default())
}

async fn secret(connection: &ManifestConnection) -> Result<Option<String>, CallError> {
    let (secrets, _) = stored(connection).await?;
    Ok(secrets.get(SECRET).map(|secret| secret.expose_secret().to_owned()))
}

/// Stores the secret of the connection's deliveries; the one before it stays good.
async fn keep_secret(connection: &ManifestConnection, secret: &str) -> Result<(), CallError> {
    let owner = Owner::Integration(connection.target.integration);
    for _ in 0..8 {
        let (mut secrets, version) = stored(connection).await?;
        if let Some(before) = secrets.get(SECRET).cloned() {
            secrets.set(PREVIOUS, before);
        }
        secrets.set(SECRET, secret.to_owned().into());
        let credentials = &connection.services.credentials;
        let put = credentials.put(connection.target.organization, &owner, &secrets, Some(version)).await;
        if put.map_err(|error| refused(ErrorClass::Transient, error.to_string()))? {
            return Ok(());
        }
    }
    Err(refused(ErrorClass::Transient, "the secret of the webhook could not be stored"))
}
