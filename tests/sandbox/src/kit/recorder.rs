//! Whole exchanges with a simulator, for checks against the provider's official contract.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Uri, request};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use futures::{StreamExt as _, stream};
use serde_json::Value;

/// Exchanges kept; older ones are dropped.
const KEPT: usize = 10_000;

/// What stands in the place of a secret.
const HIDDEN: &str = "(hidden)";

/// One request and its answer. A request whose connection a fault dropped has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// `POST`
    pub method: String,
    /// Without the query.
    pub path: String,
    /// Raw, without the question mark; empty when there is none.
    pub query: String,
    /// Names in lower case; authorization replaced by a marker.
    pub request_headers: Vec<(String, String)>,
    /// The exact body.
    pub request_body: Bytes,
    /// The answer's status.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The exact body; the part that was sent when `complete` is false.
    pub body: Bytes,
    /// False when a fault cut the answer.
    pub complete: bool,
}

impl Exchange {
    /// The request's body as JSON; `None` when it is none.
    pub fn request_json(&self) -> Option<Value> {
        serde_json::from_slice(&self.request_body).ok()
    }

    /// The answer's body as JSON; `None` when it is none.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// A header of the answer by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// Records exchanges; off until [`Recorder::on`]. Clones share the record.
#[derive(Clone, Debug)]
pub struct Recorder(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    state: Mutex<Record>,
    /// Names of headers and query parameters whose values are not kept.
    secret: Vec<String>,
}

#[derive(Debug, Default)]
struct Record {
    on: bool,
    exchanges: VecDeque<Exchange>,
}

impl Default for Recorder {
    fn default() -> Self {
        Self::hiding(&[])
    }
}

impl Recorder {
    /// A recorder that keeps no values of these headers and query parameters (names in lower
    /// case), nor of `authorization`.
    pub fn hiding(secret: &[&str]) -> Self {
        let secret = secret.iter().copied().chain(["authorization", "cookie"]).map(str::to_owned).collect();
        Self(Arc::new(Inner { state: Mutex::default(), secret }))
    }

    /// Starts recording.
    pub fn on(&self) {
        self.record().on = true;
    }

    /// Stops recording; what was recorded stays.
    pub fn off(&self) {
        self.record().on = false;
    }

    /// Takes what was recorded, oldest first.
    pub fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut self.record().exchanges).into()
    }

    /// What was recorded so far, oldest first; it stays.
    pub fn all(&self) -> Vec<Exchange> {
        self.record().exchanges.iter().cloned().collect()
    }

    /// Puts the recorder around a whole router. `/admin` is never recorded.
    pub fn around(&self, router: Router) -> Router {
        router.layer(from_fn_with_state(self.clone(), record))
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, exchange: Exchange) {
        let mut record = self.record();
        if record.exchanges.len() == KEPT {
            record.exchanges.pop_front();
        }
        record.exchanges.push_back(exchange);
    }

    fn is_secret(&self, name: &str) -> bool {
        self.0.secret.iter().any(|secret| secret.eq_ignore_ascii_case(name))
    }

    fn headers(&self, headers: &HeaderMap) -> Vec<(String, String)> {
        let text = |name: &str, value: &[u8]| {
            if self.is_secret(name) { HIDDEN.to_owned() } else { String::from_utf8_lossy(value).into_owned() }
        };
        let pairs = headers.iter();
        pairs.map(|(name, value)| (name.to_string(), text(name.as_str(), value.as_bytes()))).collect()
    }

    fn query(&self, uri: &Uri) -> String {
        let parts = uri.query().unwrap_or_default().split('&').map(|part| {
            let name = part.split('=').next().unwrap_or_default();
            if self.is_secret(name) { format!("{name}={HIDDEN}") } else { part.to_owned() }
        });
        parts.collect::<Vec<_>>().join("&")
    }

    fn exchange(&self, asked: &request::Parts, question: Bytes, answer: &Response) -> Exchange {
        Exchange {
            method: asked.method.to_string(),
            path: asked.uri.path().to_owned(),
            query: self.query(&asked.uri),
            request_headers: self.headers(&asked.headers),
            request_body: question,
            status: answer.status().as_u16(),
            headers: self.headers(answer.headers()),
            body: Bytes::new(),
            complete: true,
        }
    }
}

/// Whether a path is one of the simulator's own. A provider may have others below `/admin`.
fn is_steering(path: &str) -> bool {
    let own = path.strip_prefix("/admin/").unwrap_or_default();
    let first = own.split('/').next().unwrap_or_default();
    !matches!(first, "" | "api" | "oauth")
}

async fn record(State(recorder): State<Recorder>, request: Request, next: Next) -> Response {
    let is_on = recorder.record().on;
    if !is_on || is_steering(request.uri().path()) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let question = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let response = next.run(Request::from_parts(parts.clone(), Body::from(question.clone()))).await;
    let mut exchange = recorder.exchange(&parts, question, &response);
    let (parts, body) = response.into_parts();
    let (chunks, complete) = drain(body).await;
    exchange.body = chunks.concat().into();
    exchange.complete = complete;
    let body = if complete { Body::from(exchange.body.clone()) } else { cut(chunks) };
    recorder.keep(exchange);
    Response::from_parts(parts, body)
}

/// All chunks of a body, and whether it ended well.
async fn drain(body: Body) -> (Vec<Bytes>, bool) {
    let mut stream = body.into_data_stream();
    let mut chunks = Vec::new();
    while let Some(chunk) = stream.next().await {
        match chunk {
            Ok(chunk) => chunks.push(chunk),
            Err(_) => return (chunks, false),
        }
    }
    (chunks, true)
}

/// The chunks again, then the end of the connection.
fn cut(chunks: Vec<Bytes>) -> Body {
    let end = async {
        // What came before leaves while the body waits.
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err(io::Error::from(io::ErrorKind::ConnectionAborted))
    };
    Body::from_stream(stream::iter(chunks).map(Ok).chain(stream::once(end)))
}
