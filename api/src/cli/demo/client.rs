//! The demo talks to the hub as anybody does: over HTTP.

use std::time::Duration;

use anyhow::{Context as _, bail};
use infrastructure::http::{Answer, EgressPolicy, HttpClient, Outgoing};
use serde_json::Value;
use url::Url;

/// A request without an answer after this has failed.
const TIMEOUT: Duration = Duration::from_secs(15);
/// Redirects followed at most.
const HOPS: usize = 10;

/// A client of the hub that stands beside the provider's simulator.
#[derive(Clone)]
pub(super) struct Client {
    http: HttpClient,
    hub: String,
}

impl Client {
    /// A client of the hub at `hub`; a browser's part of an authorization reaches `provider` too.
    pub(super) fn new(hub: &str, provider: &Url) -> anyhow::Result<Self> {
        let policy = EgressPolicy::closed().allowing(provider).allowing(&Url::parse(hub)?);
        Ok(Self { http: HttpClient::try_new(policy)?, hub: hub.to_owned() })
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> anyhow::Result<Value> {
        self.ask("POST", path, Some(body)).await
    }

    pub(super) async fn put(&self, path: &str, body: Value) -> anyhow::Result<Value> {
        self.ask("PUT", path, Some(body)).await
    }

    /// Follows `url` as a browser would, and answers where that ended.
    pub(super) async fn browse(&self, url: &str) -> anyhow::Result<Value> {
        let mut url = Url::parse(url)?;
        for _ in 0..HOPS {
            let answer = self.send("GET", url.clone(), None).await?;
            if !(300..400).contains(&answer.status) {
                return read("GET", url.path(), &answer);
            }
            let next = answer.header("location").context("a redirect without an address")?;
            url = url.join(next)?;
        }
        bail!("{url} redirects without end")
    }

    async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> anyhow::Result<Value> {
        let url = Url::parse(&format!("{}{path}", self.hub))?;
        let answer = self.send(method, url, body).await.with_context(|| format!("{method} {path}"))?;
        read(method, path, &answer)
    }

    async fn send(&self, method: &str, url: Url, body: Option<Value>) -> anyhow::Result<Answer> {
        let json = ("Content-Type".to_owned(), "application/json".to_owned());
        let request = Outgoing {
            method: method.to_owned(),
            url,
            headers: body.is_some().then_some(json).into_iter().collect(),
            secret_headers: Vec::new(),
            body: body.map(|body| body.to_string().into_bytes()),
            timeout: TIMEOUT,
        };
        Ok(self.http.send(request).await?)
    }
}

fn read(method: &str, path: &str, answer: &Answer) -> anyhow::Result<Value> {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    if (200..300).contains(&answer.status) {
        return Ok(body);
    }
    bail!("{method} {path} was answered {}: {body}", answer.status)
}

/// A text member of an answer.
pub(super) fn text<'a>(answer: &'a Value, member: &str) -> anyhow::Result<&'a str> {
    answer[member].as_str().with_context(|| format!("the answer has no `{member}`: {answer}"))
}
