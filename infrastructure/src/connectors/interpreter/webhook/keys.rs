//! Keys that verify webhooks, fetched by their id and kept for an hour.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use application::ports::connector::WebhookRejection;
use chrono::{DateTime, TimeDelta, Utc};
use pki_types::TrustAnchor;
use serde_json::Value;
use tokio::sync::Semaphore;

use super::certificate;
use super::verify::Delivery;
use crate::connectors::interpreter::call::call;
use crate::connectors::interpreter::connection::ManifestConnection;
use crate::connectors::interpreter::pluck::value_at;
use crate::connectors::manifest::{Keys, Values};

/// How long a key is used before it is asked for again: it may have ended meanwhile.
const KEPT: TimeDelta = TimeDelta::hours(1);
/// How long an id that the provider does not know is not asked for again.
const REFUSED: TimeDelta = TimeDelta::minutes(1);
/// Most keys; anybody can name one, so the oldest makes room.
const MOST: usize = 1_000;
/// Fetches at once; who finds all taken is told to come again.
const FETCHES: usize = 4;
/// Longest id of a key.
const LONGEST_ID: usize = 200;

/// A key, or that there is none.
#[derive(Clone)]
struct Kept {
    key: Option<Value>,
    until: DateTime<Utc>,
}

/// Keys by (provider, address or id).
pub(in crate::connectors) struct KeyCache {
    kept: Mutex<HashMap<(String, String), Kept>>,
    fetches: Semaphore,
    /// Authorities that certificates must come from.
    pub(super) roots: Vec<TrustAnchor<'static>>,
}

impl Default for KeyCache {
    fn default() -> Self {
        let roots = webpki_roots::TLS_SERVER_ROOTS.to_vec();
        Self { kept: Mutex::default(), fetches: Semaphore::new(FETCHES), roots }
    }
}

impl KeyCache {
    /// The key of an id.
    pub(super) async fn key(
        &self,
        delivery: &Delivery<'_>,
        from: &Keys,
        id: &str,
    ) -> Result<Value, WebhookRejection> {
        if id.len() > LONGEST_ID || !id.chars().all(|letter| letter.is_ascii_graphic()) {
            return Err(WebhookRejection::WrongSignature);
        }
        let connection = || {
            let why = "the provider's address is not known".to_owned();
            delivery.connection.ok_or(WebhookRejection::KeyAway(why))
        };
        self.known(delivery, id, async || ask(connection()?, from, id).await).await
    }

    /// The certificate at an address, as PEM.
    pub(super) async fn certificate(
        &self,
        delivery: &Delivery<'_>,
        url: &str,
    ) -> Result<String, WebhookRejection> {
        let fetch = async || Ok(certificate::fetch(delivery, url).await?.map(Value::String));
        match self.known(delivery, url, fetch).await? {
            Value::String(pem) => Ok(pem),
            _ => Err(WebhookRejection::WrongSignature),
        }
    }

    /// What is kept under a name, fetched where it is not.
    async fn known(
        &self,
        delivery: &Delivery<'_>,
        name: &str,
        fetch: impl AsyncFnOnce() -> Result<Option<Value>, WebhookRejection>,
    ) -> Result<Value, WebhookRejection> {
        let at = (delivery.manifest.key.clone(), name.to_owned());
        let known = self.lock().get(&at).filter(|kept| kept.until > delivery.now).cloned();
        let key = match known {
            Some(kept) => kept.key,
            None => self.fetched(delivery, at, fetch).await?,
        };
        key.ok_or(WebhookRejection::WrongSignature)
    }

    async fn fetched(
        &self,
        delivery: &Delivery<'_>,
        at: (String, String),
        fetch: impl AsyncFnOnce() -> Result<Option<Value>, WebhookRejection>,
    ) -> Result<Option<Value>, WebhookRejection> {
        let busy = || WebhookRejection::KeyAway("too many are being fetched".to_owned());
        let _one = self.fetches.try_acquire().map_err(|_| busy())?;
        let key = fetch().await?;
        let until = delivery.now + if key.is_some() { KEPT } else { REFUSED };
        self.keep(at, Kept { key: key.clone(), until });
        Ok(key)
    }

    fn keep(&self, at: (String, String), key: Kept) {
        let mut kept = self.lock();
        if kept.len() >= MOST
            && let Some(oldest) = kept.iter().min_by_key(|(_, kept)| kept.until).map(|(at, _)| at.clone())
        {
            kept.remove(&oldest);
        }
        kept.insert(at, key);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(String, String), Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks the provider; `None` when it has no such key, or has ended it.
async fn ask(
    connection: &ManifestConnection,
    from: &Keys,
    id: &str,
) -> Result<Option<Value>, WebhookRejection> {
    let away = |error: application::ports::connector::CallError| WebhookRejection::KeyAway(error.to_string());
    let mut named = connection.named(&std::collections::BTreeMap::new());
    named.insert("webhook.key_id".to_owned(), id.to_owned());
    let values = Values { named: Some(&named), ..connection.values() };
    let call = call(connection.manifest(), &from.request, &values).map_err(away)?;
    let text = match connection.ask(&call).await {
        Ok(good) => good.text,
        Err(error) if is_final(error.class) => return Ok(None),
        Err(error) => return Err(away(error)),
    };
    let whole: Value = serde_json::from_str(&text).unwrap_or_default();
    let found = match value_at(&whole, &from.key.0) {
        Some(Value::Array(all)) => {
            all.iter().find(|key| key.get("kid").and_then(Value::as_str) == Some(id)).cloned()
        }
        other => other.cloned(),
    };
    let ended = |key: &Value| {
        from.ended.as_ref().and_then(|member| key.get(member)).is_some_and(|ended| !ended.is_null())
    };
    Ok(found.filter(|key| !ended(key)))
}

/// The provider says that there is no such key; asking again would not help.
fn is_final(class: domain::value::ErrorClass) -> bool {
    use domain::value::ErrorClass as E;
    matches!(class, E::Validation | E::NotFound)
}
