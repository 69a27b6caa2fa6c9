//! Webhooks: the signature over the raw bytes first, then what the body is about.

use std::collections::BTreeMap;

use application::ports::connector::{WebhookEvent, WebhookRejection};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::Sha256;

use super::pluck::value_at;
use crate::connectors::manifest::{
    EventShape, Manifest, Pick, Place, Root, Signature, SignatureEncoding, Webhooks,
};

/// Most events of one body.
const MOST_EVENTS: usize = 10_000;

/// Verifies a body under any of `secrets` and reads its events.
pub(in crate::connectors) fn verify(
    manifest: &Manifest,
    secrets: &[SecretString],
    headers: &BTreeMap<String, String>,
    body: &[u8],
) -> Result<Vec<WebhookEvent>, WebhookRejection> {
    let webhooks = manifest.webhooks.as_ref().ok_or(WebhookRejection::Unsupported)?;
    signed(&webhooks.signature, secrets, headers, body)?;
    let value: Value = serde_json::from_slice(body).map_err(|_| unreadable("it is not JSON"))?;
    let mut told = String::from("it fits none of the shapes of the manifest");
    for shape in &webhooks.shapes {
        match events((manifest, webhooks), shape, &value) {
            Ok(events) => return Ok(events),
            Err(Some(why)) => told = why,
            Err(None) => {}
        }
    }
    Err(WebhookRejection::Unreadable(told))
}

/// Compares in constant time (`verify_slice`), under each secret that is in force.
fn signed(
    signature: &Signature,
    secrets: &[SecretString],
    headers: &BTreeMap<String, String>,
    body: &[u8],
) -> Result<(), WebhookRejection> {
    let given = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(&signature.header))
        .map(|(_, value)| value.trim())
        .ok_or(WebhookRejection::MissingSignature)?;
    if secrets.is_empty() {
        return Err(WebhookRejection::NoSecret);
    }
    let text = given.strip_prefix(&signature.prefix).ok_or(WebhookRejection::WrongSignature)?;
    let given = match signature.encoding {
        SignatureEncoding::Hex => hex::decode(text).ok(),
        SignatureEncoding::Base64 => BASE64_STANDARD.decode(text).ok(),
    }
    .ok_or(WebhookRejection::WrongSignature)?;
    let fits = |secret: &SecretString| {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
            .expect("HMAC takes a key of any length");
        mac.update(body);
        mac.verify_slice(&given).is_ok()
    };
    if secrets.iter().any(fits) { Ok(()) } else { Err(WebhookRejection::WrongSignature) }
}

/// The events of a body in this shape. `Err(None)`: it has another shape; `Err(Some)`: it has this one, but lacks
/// something.
fn events(
    (manifest, webhooks): (&Manifest, &Webhooks),
    shape: &EventShape,
    body: &Value,
) -> Result<Vec<WebhookEvent>, Option<String>> {
    let mut scopes: Vec<Vec<&Value>> = match (shape.root, body) {
        (Root::Object, Value::Object(_)) => vec![vec![body]],
        (Root::Array, Value::Array(elements)) => elements.iter().map(|element| vec![element]).collect(),
        _ => return Err(None),
    };
    for place in &shape.each {
        scopes = inner(scopes, place).ok_or(None)?;
        if scopes.len() > MOST_EVENTS {
            return Err(Some(format!("it has more than {MOST_EVENTS} events")));
        }
    }
    scopes.iter().map(|scope| event((manifest, webhooks), shape, scope).map_err(Some)).collect()
}

/// One level further in: every element of the array at `place`, with what encloses it.
fn inner<'v>(scopes: Vec<Vec<&'v Value>>, place: &Place) -> Option<Vec<Vec<&'v Value>>> {
    let mut deeper = Vec::new();
    for scope in scopes {
        let array = value_at(scope.last()?, &place.0)?.as_array()?;
        for element in array {
            let mut scope = scope.clone();
            scope.push(element);
            deeper.push(scope);
        }
    }
    Some(deeper)
}

fn event(
    (manifest, webhooks): (&Manifest, &Webhooks),
    shape: &EventShape,
    scope: &[&Value],
) -> Result<WebhookEvent, String> {
    let need = |pick: &Pick| {
        picked(pick, scope).ok_or_else(|| format!("an event has nothing at `{}`", pick.at.text()))
    };
    let (word, verb, remote_id) = (need(&shape.entity)?, need(&shape.verb)?, need(&shape.id)?);
    let realm = shape.realm.as_ref().map_or_else(|| Ok("-".to_owned()), need)?;
    let entity = entity_named(manifest, webhooks, &word);
    let dedupe_id = match &shape.dedupe {
        Some(pick) => need(pick)?,
        None => format!("{realm}:{}", scope.last().map(ToString::to_string).unwrap_or_default()),
    };
    let deleted = webhooks.deleted.iter().any(|gone| gone.eq_ignore_ascii_case(&verb));
    let event_type = format!("{entity}.{}", verb.to_lowercase());
    Ok(WebhookEvent { dedupe_id, realm, event_type, entity, remote_id, deleted })
}

/// The manifest's name of an entity; the provider's word where the manifest has none.
fn entity_named(manifest: &Manifest, webhooks: &Webhooks, word: &str) -> String {
    let listed = webhooks.entities.get(word).cloned();
    let similar = || manifest.entities.keys().find(|name| name.eq_ignore_ascii_case(word)).cloned();
    listed.or_else(similar).unwrap_or_else(|| word.to_owned())
}

/// A value of the event, or of what encloses it, from the inside out.
fn picked(pick: &Pick, scope: &[&Value]) -> Option<String> {
    let value = scope.iter().rev().find_map(|value| value_at(value, &pick.at.0))?;
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let part = match &pick.split {
        None => text,
        Some(at) => text.split(at.as_str()).nth(pick.part)?.to_owned(),
    };
    (!part.is_empty()).then_some(part)
}

fn unreadable(why: &str) -> WebhookRejection {
    WebhookRejection::Unreadable(why.to_owned())
}
