//! Sending a call with its credentials, and once more when a token had ended.

use std::collections::BTreeMap;
use std::time::Duration;

use application::ports::connector::CallError;
use chrono::{DateTime, Utc};
use domain::value::ErrorClass;
use secrecy::SecretString;
use url::Url;

use super::answer::{Good, Refusal, judge};
use super::call::{Call, refused};
use super::connection::ManifestConnection;
use super::tokens::Grant;
use crate::connectors::manifest::{AuthKind, Effect, encoded};
use crate::http::{Answer, HttpError, Outgoing};

impl ManifestConnection {
    /// Sends a call that only reads.
    pub(super) async fn ask(&self, call: &Call) -> Result<Good, CallError> {
        self.exchange(call, None).await.map_err(|refusal| refusal.error)
    }

    /// Sends a call, not after `before`. A call refused because its token had ended had no effect; it is sent once more
    /// under a fresh token. Nothing else is ever sent twice.
    pub(super) async fn exchange(&self, call: &Call, before: Option<DateTime<Utc>>) -> Result<Good, Refusal> {
        let grant = self.grant(None).await.map_err(Refusal::harmless)?;
        match self.once(call, &grant, before).await {
            Err(refusal) if self.can_refresh(&refusal) => {
                let fresh = self.grant(Some(grant.version)).await.map_err(Refusal::harmless)?;
                self.once(call, &fresh, before).await
            }
            other => other,
        }
    }

    fn can_refresh(&self, refusal: &Refusal) -> bool {
        self.manifest().auth.kind == AuthKind::Oauth2
            && refusal.error.class == ErrorClass::AuthExpired
            && refusal.effect == Effect::None
    }

    async fn once(&self, call: &Call, grant: &Grant, before: Option<DateTime<Utc>>) -> Result<Good, Refusal> {
        let request = self.outgoing(call, grant).map_err(Refusal::harmless)?;
        let slot = self.realm.slots.acquire().await.map_err(|_| Refusal::harmless(closing()))?;
        if before.is_some_and(|before| self.services.clock.now() > before) {
            return Err(Refusal::harmless(refused(
                ErrorClass::Transient,
                "too late to send: nothing was sent",
            )));
        }
        let answer = self.services.http.send(request).await;
        drop(slot);
        let answer = answer.map_err(|error| failure(&error))?;
        self.judged(answer, grant).await
    }

    async fn judged(&self, answer: Answer, grant: &Grant) -> Result<Good, Refusal> {
        let secrets: Vec<&SecretString> = grant.secrets.values.iter().map(|(_, secret)| secret).collect();
        let judged = judge(self.manifest(), answer, &secrets);
        match &judged {
            Ok(good) => self.realm.saw(good.time),
            Err(refusal) if refusal.error.class == ErrorClass::RateLimited => {
                self.pause(refusal.error.retry_after).await;
            }
            Err(_) => {}
        }
        judged
    }

    /// Holds back everything of this realm for as long as the provider asks, a second where it does not say.
    async fn pause(&self, wait: Option<Duration>) {
        let wait = wait.unwrap_or(Duration::from_secs(1));
        if let Err(away) = self.services.limiter.pause(&self.bucket(), wait).await {
            tracing::warn!(%away, "the limiter could not be told to pause");
        }
    }

    fn outgoing(&self, call: &Call, grant: &Grant) -> Result<Outgoing, CallError> {
        let mut url = below(&self.base, &call.path)?;
        self.check_origin(&url)?;
        let mut secret_headers = Vec::new();
        grant.put(&self.manifest().auth, &mut secret_headers, &mut url)?;
        Ok(Outgoing {
            method: call.method.to_owned(),
            url,
            headers: call.headers.clone(),
            secret_headers,
            body: (!call.body.is_empty()).then(|| call.body.clone().into_bytes()),
            timeout: self.timeout(),
        })
    }

    /// Credentials go to the origins of the manifest, and to those an operator names; nowhere else.
    fn check_origin(&self, url: &Url) -> Result<(), CallError> {
        let same = url.origin() == self.base.origin();
        if same && (self.connector.owns(url) || self.services.http.policy().names(url)) {
            return Ok(());
        }
        let message = format!(
            "credentials of {} do not go to {}",
            self.manifest().name,
            url.origin().ascii_serialization()
        );
        Err(refused(ErrorClass::Permission, message))
    }
}

/// A path below the base URL.
fn below(base: &Url, path: &str) -> Result<Url, CallError> {
    let text = format!("{}{path}", base.as_str().trim_end_matches('/'));
    Url::parse(&text).map_err(|_| refused(ErrorClass::Mapping, "the request's address cannot be made"))
}

fn closing() -> CallError {
    refused(ErrorClass::Transient, "the service is shutting down: nothing was sent")
}

/// What a failure to get an answer means.
pub(super) fn failure(error: &HttpError) -> Refusal {
    let effect = if error.may_have_arrived() { Effect::Unknown } else { Effect::None };
    let class = match error {
        HttpError::Refused(_) => ErrorClass::Permission,
        HttpError::Unsendable(_) => ErrorClass::Mapping,
        HttpError::NoConnection(_) | HttpError::TimedOut | HttpError::Broken(_) => ErrorClass::Transient,
        HttpError::TooLarge => ErrorClass::Unreadable,
    };
    Refusal { error: refused(class, error.to_string()), effect }
}

/// Parameters in a form body (`application/x-www-form-urlencoded`).
pub(super) fn form(parameters: &BTreeMap<&str, &str>) -> String {
    let pairs: Vec<String> =
        parameters.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    pairs.join("&")
}
