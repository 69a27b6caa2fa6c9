//! From a request to its events: what it must prove first, and what is read of it.

use application::ports::connector::{Target, WebhookAnswer, WebhookCall, WebhookRejection, WebhookTaken};
use application::ports::credentials::Secrets;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde_json::Value;

use super::keys::KeyCache;
use super::{certificate, handshake, shape, shared, signature, token};
use crate::connectors::interpreter::connection::ManifestConnection;
use crate::connectors::manifest::{Manifest, SignatureKind, Webhooks};

/// A delivery, and what is known to judge it by.
pub(in crate::connectors) struct Delivery<'d> {
    /// The provider.
    pub(in crate::connectors) manifest: &'d Manifest,
    /// A connection of it, for the call that fetches a key; `None` where none can be made.
    pub(in crate::connectors) connection: Option<&'d ManifestConnection>,
    /// Whose settings may be part of what is signed.
    pub(in crate::connectors) target: &'d Target,
    /// Secrets of the app and of the connection.
    pub(in crate::connectors) secrets: &'d [Secrets],
    /// The request.
    pub(in crate::connectors) call: &'d WebhookCall,
    /// Now.
    pub(in crate::connectors) now: DateTime<Utc>,
}

impl<'d> Delivery<'d> {
    /// The manifest's webhooks.
    pub(super) fn webhooks(&self) -> Result<&'d Webhooks, WebhookRejection> {
        self.manifest.webhooks.as_deref().ok_or(WebhookRejection::Unsupported)
    }

    /// The secrets that may have signed it.
    pub(super) fn signing(&self, webhooks: &Webhooks) -> Result<Vec<&'d SecretString>, WebhookRejection> {
        let named = |secrets: &'d Secrets| webhooks.secrets.iter().filter_map(|name| secrets.get(name));
        let found: Vec<&SecretString> = self.secrets.iter().flat_map(named).collect();
        if found.is_empty() { Err(WebhookRejection::NoSecret) } else { Ok(found) }
    }

    /// A secret by its name.
    pub(super) fn secret(&self, name: &str) -> Option<&'d SecretString> {
        self.secrets.iter().find_map(|secrets| secrets.get(name))
    }

    /// A header; names are compared without regard to case.
    pub(super) fn header(&self, name: &str) -> Option<&'d str> {
        let found = self.call.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim())
    }
}

/// Verifies a delivery and says what it wants.
pub(in crate::connectors) async fn verify(
    delivery: &Delivery<'_>,
    keys: &KeyCache,
) -> Result<WebhookTaken, WebhookRejection> {
    let webhooks = delivery.webhooks()?;
    let body: Option<Value> = serde_json::from_slice(&delivery.call.body).ok();
    if let Some(answer) = handshake::answer(delivery, webhooks, (false, body.as_ref())) {
        return Ok(WebhookTaken::Handshake(answer));
    }
    let described = &webhooks.signature;
    match described.kind {
        SignatureKind::Hmac => signature::check(delivery, webhooks)?,
        SignatureKind::Jwt => token::check(delivery, described, keys).await?,
        SignatureKind::Certificate => certificate::check(delivery, described, keys).await?,
        SignatureKind::Shared => shared::check(delivery, webhooks)?,
    }
    if let Some(answer) = handshake::answer(delivery, webhooks, (true, body.as_ref())) {
        return Ok(WebhookTaken::Handshake(answer));
    }
    let body = body.ok_or_else(|| unreadable("it is not JSON"))?;
    let events = shape::events(delivery, webhooks, &body)?;
    let answer = webhooks
        .answer
        .as_ref()
        .map(|answer| WebhookAnswer { content_type: answer.content_type.clone(), body: answer.body.clone() });
    Ok(WebhookTaken::Events(events, answer.unwrap_or_default()))
}

/// Signed, but not what the manifest describes.
pub(super) fn unreadable(why: &str) -> WebhookRejection {
    WebhookRejection::Unreadable(why.to_owned())
}
