//! The provider of a case: compares what is asked and gives the answers in order.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use url::Url;

use super::language::Exchange;

/// What is still to come, and what went wrong.
#[derive(Clone, Default)]
pub(super) struct Script {
    left: Arc<Mutex<VecDeque<Exchange>>>,
    wrong: Arc<Mutex<Vec<String>>>,
}

impl Script {
    /// These exchanges, in this order.
    pub(super) fn of(exchanges: &[Exchange]) -> Self {
        Self { left: Arc::new(Mutex::new(exchanges.iter().cloned().collect())), ..Self::default() }
    }

    /// What was not as it should be, and what never came.
    pub(super) fn faults(&self) -> Vec<String> {
        let mut wrong = self.wrong().clone();
        wrong.extend(self.left().iter().map(|left| format!("never asked: {}", left.request)));
        wrong
    }

    fn left(&self) -> MutexGuard<'_, VecDeque<Exchange>> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wrong(&self) -> MutexGuard<'_, Vec<String>> {
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers the next request of the script.
pub(super) async fn play(
    State(script): State<Script>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let asked = readable(&method, &uri);
    let Some(exchange) = next(&mut script.left(), &asked) else {
        script.wrong().push(format!("unexpected: {asked}"));
        return StatusCode::IM_A_TEAPOT.into_response();
    };
    script.wrong().extend(differences(&exchange, &asked, &headers, &body));
    answer(&exchange)
}

/// The next exchange. Reads that are under way at once come in any order: among reads, the one that was meant.
fn next(left: &mut VecDeque<Exchange>, asked: &str) -> Option<Exchange> {
    let reads = left.iter().take_while(|one| one.request.starts_with("GET "));
    let meant = reads.into_iter().position(|one| one.request == asked).unwrap_or(0);
    left.remove(meant)
}

/// Method, path and decoded query.
fn readable(method: &Method, uri: &Uri) -> String {
    let Ok(url) = Url::parse(&format!("http://x{uri}")) else { return format!("{method} {uri}") };
    let query: Vec<String> = url.query_pairs().map(|(name, value)| format!("{name}={value}")).collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{method} {}{mark}{}", uri.path(), query.join("&"))
}

fn differences(exchange: &Exchange, asked: &str, headers: &HeaderMap, body: &Bytes) -> Vec<String> {
    let mut wrong = Vec::new();
    if asked != exchange.request {
        wrong.push(format!("asked  {asked}\nwanted {}", exchange.request));
    }
    for (name, value) in &exchange.headers {
        let given = headers.get(name).and_then(|given| given.to_str().ok());
        if given != Some(value) {
            wrong.push(format!("{asked}: header {name} is {given:?}, wanted {value}"));
        }
    }
    let unwanted = exchange.without.iter().filter(|name| headers.contains_key(name.as_str()));
    wrong.extend(unwanted.map(|name| format!("{asked}: has {name}")));
    let given = String::from_utf8_lossy(body);
    if let Some(wanted) = &exchange.body
        && !same(wanted, &given)
    {
        wrong.push(format!("{asked}: body {given}\nwanted {wanted}"));
    }
    wrong
}

/// JSON by its meaning, anything else by its text.
fn same(wanted: &str, given: &str) -> bool {
    match (serde_json::from_str::<Value>(wanted), serde_json::from_str::<Value>(given)) {
        (Ok(wanted), Ok(given)) => wanted == given,
        _ => wanted == given,
    }
}

fn answer(exchange: &Exchange) -> Response {
    let status = StatusCode::from_u16(exchange.status).unwrap_or(StatusCode::IM_A_TEAPOT);
    let mut answer = (status, exchange.answer.clone()).into_response();
    answer.headers_mut().remove(header::CONTENT_TYPE);
    if !exchange.answer_headers.keys().any(|name| name.eq_ignore_ascii_case("content-type")) {
        answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    for (name, value) in &exchange.answer_headers {
        for value in value.all() {
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
                answer.headers_mut().append(name, value);
            }
        }
    }
    answer
}
