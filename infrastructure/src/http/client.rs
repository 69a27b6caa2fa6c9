//! The HTTP client.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
pub(crate) use reqwest::header::HeaderMap;
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Certificate, Client, Method, redirect};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::egress::{EgressAllow, EgressPolicy, EgressRefusal, Route};
use super::resolver::PublicResolver;

/// Most bytes of an answer, unpacked: 16 MiB.
pub const RESPONSE_LIMIT: usize = 16 * 1024 * 1024;
/// How long a connection may take; part of the request's own time.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A request on its way out.
#[derive(Debug)]
pub struct Outgoing {
    /// Method.
    pub method: String,
    /// Where to.
    pub url: Url,
    /// Headers without secrets.
    pub headers: Vec<(String, String)>,
    /// Headers that are secret.
    pub secret_headers: Vec<(String, SecretString)>,
    /// Body.
    pub body: Option<Vec<u8>>,
    /// From the first byte out to the last byte in.
    pub timeout: Duration,
}

/// An answer, whole.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, unpacked.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The `Date` header: the other side's clock, to the second (RFC 9110, 6.6.1).
    pub fn date(&self) -> Option<DateTime<Utc>> {
        DateTime::parse_from_rfc2822(self.header("date")?).ok().map(|date| date.with_timezone(&Utc))
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// It may not leave.
    #[error(transparent)]
    Refused(#[from] EgressRefusal),
    /// It cannot be said in HTTP.
    #[error("the request cannot be sent: {0}")]
    Unsendable(String),
    /// No connection; nothing was written.
    #[error("no connection: {0}")]
    NoConnection(String),
    /// Given up while it was under way.
    #[error("no answer in time")]
    TimedOut,
    /// Broken while it was under way.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// The answer is larger than [`RESPONSE_LIMIT`].
    #[error("the answer is larger than 16 MiB")]
    TooLarge,
}

impl HttpError {
    /// Whether the other side may have acted on the request.
    pub fn may_have_arrived(&self) -> bool {
        matches!(self, Self::TimedOut | Self::Broken(_) | Self::TooLarge)
    }
}

/// The one client. Clones share connections.
#[derive(Clone)]
pub struct HttpClient {
    inner: Arc<Inner>,
}

struct Inner {
    policy: EgressPolicy,
    public: Client,
    allowed: Vec<Client>,
}

impl HttpClient {
    /// A client under `policy`. Errors: a CA file that cannot be read, or no TLS roots on this machine.
    pub fn try_new(policy: EgressPolicy) -> Result<Self, std::io::Error> {
        Self::with_resolver(policy, PublicResolver::system())
    }

    pub(super) fn with_resolver(
        policy: EgressPolicy,
        resolver: PublicResolver,
    ) -> Result<Self, std::io::Error> {
        let public = base()
            .https_only(true)
            .dns_resolver(Arc::new(resolver))
            .build()
            .map_err(std::io::Error::other)?;
        let allowed = policy.allow.iter().map(client_of).collect::<Result<_, _>>()?;
        Ok(Self { inner: Arc::new(Inner { policy, public, allowed }) })
    }

    /// What may be called.
    pub fn policy(&self) -> &EgressPolicy {
        &self.inner.policy
    }

    /// Sends once. Never follows a redirect and never tries again.
    pub async fn send(&self, request: Outgoing) -> Result<Answer, HttpError> {
        let client = match self.inner.policy.route(&request.url)? {
            Route::Public => &self.inner.public,
            Route::Allowed(at) => &self.inner.allowed[at],
        };
        let request = built(client, request)?;
        let answer = client.execute(request).await.map_err(failure)?;
        read(answer).await
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the client that guards egress")]
fn base() -> reqwest::ClientBuilder {
    Client::builder()
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .referer(false)
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(Duration::from_secs(30))
        .user_agent(concat!("headwater/", env!("CARGO_PKG_VERSION")))
}

/// The client of one allowed destination: its own certificates, no address filter.
fn client_of(entry: &EgressAllow) -> Result<Client, std::io::Error> {
    let mut builder = base().https_only(entry.scheme == "https");
    if let Some(file) = &entry.ca_file {
        let pem = std::fs::read(file)?;
        let roots = Certificate::from_pem_bundle(&pem).map_err(std::io::Error::other)?;
        builder = builder.tls_certs_only(roots);
    }
    builder.build().map_err(std::io::Error::other)
}

fn built(client: &Client, request: Outgoing) -> Result<reqwest::Request, HttpError> {
    let method = Method::from_bytes(request.method.as_bytes())
        .map_err(|_| HttpError::Unsendable(format!("`{}` is no method", request.method)))?;
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        headers.insert(header_name(name)?, header_value(name, value)?);
    }
    for (name, value) in &request.secret_headers {
        let mut secret = header_value(name, value.expose_secret())?;
        secret.set_sensitive(true);
        headers.insert(header_name(name)?, secret);
    }
    let mut builder = client.request(method, request.url).headers(headers).timeout(request.timeout);
    if let Some(body) = request.body {
        builder = builder.body(body);
    }
    builder.build().map_err(|error| HttpError::Unsendable(words(error)))
}

fn header_name(name: &str) -> Result<HeaderName, HttpError> {
    name.parse().map_err(|_| HttpError::Unsendable(format!("`{name}` is no header name")))
}

/// The value, whose text is not repeated in the error: it may be secret.
fn header_value(name: &str, value: &str) -> Result<HeaderValue, HttpError> {
    value.parse().map_err(|_| {
        HttpError::Unsendable(format!("the value of header `{name}` has characters that no header may carry"))
    })
}

async fn read(mut answer: reqwest::Response) -> Result<Answer, HttpError> {
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let length = answer.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
    if length > RESPONSE_LIMIT {
        return Err(HttpError::TooLarge);
    }
    let mut body = Vec::with_capacity(length);
    while let Some(chunk) = answer.chunk().await.map_err(failure)? {
        if body.len() + chunk.len() > RESPONSE_LIMIT {
            return Err(HttpError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, headers, body })
}

fn failure(error: reqwest::Error) -> HttpError {
    if error.is_connect() {
        HttpError::NoConnection(words(error))
    } else if error.is_timeout() {
        HttpError::TimedOut
    } else if error.is_builder() {
        HttpError::Unsendable(words(error))
    } else {
        HttpError::Broken(words(error))
    }
}

/// The causes of an error, without the URL, which may carry a key.
fn words(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        let more = inner.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = inner.source();
    }
    text.chars().take(300).collect()
}
