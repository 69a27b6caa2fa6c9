//! Sending a call with its credentials, and once more when a token had ended.

use std::time::Duration;

use application::ports::connector::CallError;
use chrono::{DateTime, Utc};
use domain::value::ErrorClass;
use secrecy::SecretString;
use url::Url;

use super::answer::{Good, Refusal, judge};
use super::call::{Call, refused};
use super::connection::ManifestConnection;
use super::tokens::{Grant, Using};
use crate::connectors::manifest::Effect;
use crate::http::{Answer, HttpError, Outgoing};

impl ManifestConnection {
    /// Sends a call that only reads.
    pub(super) async fn ask(&self, call: &Call) -> Result<Good, CallError> {
        self.exchange(call, None).await.map_err(|refusal| refusal.error)
    }

    /// Sends a call, not after `before`. A call refused because its token had ended had no effect; it is sent once more
    /// under a fresh token. Nothing else is ever sent twice.
    pub(super) async fn exchange(&self, call: &Call, before: Option<DateTime<Utc>>) -> Result<Good, Refusal> {
        let mut sent = 0;
        let answer = self.granted(call, before, &mut sent).await;
        if sent == 0 {
            self.unsent().await;
        }
        answer
    }

    async fn granted(
        &self,
        call: &Call,
        before: Option<DateTime<Utc>>,
        sent: &mut u32,
    ) -> Result<Good, Refusal> {
        let using = Using::of(self.manifest(), &self.target, call.auth.as_deref());
        let using = using.map_err(Refusal::harmless)?;
        let grant = self.grant(&using, None).await.map_err(Refusal::harmless)?;
        match self.counting(call, (&using, &grant), before, sent).await {
            Err(refusal) if using.renews() && is_stale(&refusal) => {
                let fresh = self.grant(&using, Some(grant.version)).await.map_err(Refusal::harmless)?;
                self.counting(call, (&using, &fresh), before, sent).await
            }
            other => other,
        }
    }

    /// Sends a call once, and tells the limits when it is over: only then it begins to leave their windows.
    async fn counting(
        &self,
        call: &Call,
        by: (&Using<'_>, &Grant),
        before: Option<DateTime<Utc>>,
        sent: &mut u32,
    ) -> Result<Good, Refusal> {
        self.within_named(&call.limits).await.map_err(Refusal::harmless)?;
        let answer = self.once(call, by, before).await?;
        *sent += 1;
        self.over(&call.limits).await;
        self.judged(answer, (call, by.1)).await
    }

    /// Sends a call that carries no credentials but those in its body; `grant` has them, so that what the provider
    /// repeats of them is not shown.
    pub(super) async fn openly(&self, call: &Call, grant: &Grant) -> Result<Good, CallError> {
        let answered = match self.once(call, (&Using::nothing(), grant), None).await {
            Ok(answer) => self.judged(answer, (call, grant)).await,
            Err(unsent) => Err(unsent),
        };
        answered.map_err(|refusal| refusal.error)
    }

    /// The outer error is of a call that was not sent, the inner one of a call that was.
    async fn once(
        &self,
        call: &Call,
        (using, grant): (&Using<'_>, &Grant),
        before: Option<DateTime<Utc>>,
    ) -> Result<Result<Answer, HttpError>, Refusal> {
        let request = self.outgoing(call, using, grant).map_err(Refusal::harmless)?;
        let slot = self.realm.slots.acquire().await.map_err(|_| Refusal::harmless(closing()))?;
        if before.is_some_and(|before| self.services.clock.now() > before) {
            return Err(Refusal::harmless(refused(
                ErrorClass::Transient,
                "too late to send: nothing was sent",
            )));
        }
        let answer = self.services.http.send(request).await;
        drop(slot);
        Ok(answer)
    }

    async fn judged(
        &self,
        answer: Result<Answer, HttpError>,
        (call, grant): (&Call, &Grant),
    ) -> Result<Good, Refusal> {
        let answer = answer.map_err(|error| failure(&error))?;
        let secrets: Vec<&SecretString> = grant.secrets.values.iter().map(|(_, secret)| secret).collect();
        self.note_version(&answer);
        let judged = judge(self.manifest(), answer, (&call.reading, &secrets));
        match &judged {
            Ok(good) => {
                self.realm.saw(good.time);
                if good.pause.is_some() {
                    self.pause(good.pause).await;
                }
            }
            Err(refusal) if refusal.error.class == ErrorClass::RateLimited => {
                self.pause(refusal.error.retry_after).await;
            }
            Err(_) => {}
        }
        judged
    }

    /// Tells the log when another version of the API answers than the one that was asked for.
    fn note_version(&self, answer: &Answer) {
        let Some(version) = &self.manifest().version else { return };
        let served = version.answered_in.as_deref().and_then(|header| answer.header(header));
        if let Some(served) = served.filter(|served| *served != version.current) {
            tracing::warn!(
                provider = self.manifest().key,
                asked = version.current,
                served,
                "the provider answers in another version"
            );
        }
    }

    /// Holds back everything of this realm for as long as the provider asks, a second where it does not say.
    async fn pause(&self, wait: Option<Duration>) {
        let wait = wait.unwrap_or(Duration::from_secs(1));
        if let Err(away) = self.services.limiter.pause(&self.main_bucket(), wait).await {
            tracing::warn!(%away, "the limiter could not be told to pause");
        }
    }

    fn outgoing(&self, call: &Call, using: &Using<'_>, grant: &Grant) -> Result<Outgoing, CallError> {
        let base = self.base()?;
        let url = below(&base, &call.path)?;
        self.check_origin(&base, &url)?;
        let mut request = Outgoing {
            method: call.method.to_owned(),
            url,
            headers: call.headers.clone(),
            secret_headers: Vec::new(),
            body: (!call.body.is_empty()).then(|| call.body.clone().into_bytes()),
            timeout: self.timeout(),
        };
        grant.put(using, (&self.services, &self.values()), &mut request)?;
        Ok(request)
    }

    /// Credentials go to the origins of the manifest, and to those an operator names; nowhere else.
    fn check_origin(&self, base: &Url, url: &Url) -> Result<(), CallError> {
        let same = url.origin() == base.origin();
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

/// A token that had ended; the call had no effect.
fn is_stale(refusal: &Refusal) -> bool {
    refusal.error.class == ErrorClass::AuthExpired && refusal.effect == Effect::None
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
    Refusal { error: refused(class, error.to_string()), effect, status: None }
}
