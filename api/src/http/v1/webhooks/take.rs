//! Takes a webhook's bytes in, counts what is not taken.

use std::collections::BTreeMap;

use application::command_handlers::{Declined, RawWebhook};
use application::ports::connector::{WebhookAnswer, WebhookCall};
use application::ports::rejections::Rejected;
use axum::body::Body;
use axum::extract::{OriginalUri, Request};
use axum::http::header::{CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::ids::IntegrationId;

use crate::http::body::{BODY_LIMIT, too_large};
use crate::http::problem::{Problem, rejection_code};
use crate::http::state::AppState;

/// Longest provider key that is kept with a rejection.
const NAME: usize = 50;

/// Verifies, stores and acknowledges.
pub(super) async fn take(
    state: &AppState,
    (provider, integration): (String, Option<IntegrationId>),
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let call = called(state, &parts, bytes(body).await?);
    let raw = RawWebhook { provider, integration, call };
    match state.desk.receive_webhook(&raw).await {
        Ok(delivered) => {
            metrics::counter!("headwater_webhook_deliveries_total").increment(delivered.accepted);
            metrics::counter!("headwater_webhook_unknown_realms_total").increment(delivered.unknown_realm);
            Ok(answered(delivered.answer))
        }
        Err(declined) => {
            note(state, &raw, &declined).await;
            Err(declined.into())
        }
    }
}

/// The request as the provider made it: our address as it knows it, not as a proxy hands it on.
fn called(state: &AppState, parts: &Parts, body: Vec<u8>) -> WebhookCall {
    // Nested routes see the rest of the path only.
    let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(whole)| whole);
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let query = parts.uri.query().unwrap_or_default().as_bytes();
    WebhookCall {
        method: parts.method.as_str().to_owned(),
        url: format!("{}{path}", state.desk.operator.public_url),
        query: url::form_urlencoded::parse(query).into_owned().collect(),
        headers: plain(&parts.headers),
        body,
    }
}

/// What is given back is text that nothing may run.
fn answered(answer: WebhookAnswer) -> Response {
    if answer.body.is_empty() {
        return StatusCode::OK.into_response();
    }
    let headers = [(CONTENT_TYPE, answer.content_type), (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned())];
    (headers, answer.body).into_response()
}

async fn note(state: &AppState, raw: &RawWebhook, declined: &Declined) {
    let reason = match declined {
        Declined::Webhook(rejection) => rejection_code(rejection),
        Declined::NotFound(_) => "webhook_for_nobody",
        _ => return,
    };
    let provider = raw.provider.chars().take(NAME).collect();
    let (size, at) = (raw.call.body.len(), state.clock().now());
    metrics::counter!("headwater_webhook_rejections_total", "reason" => reason).increment(1);
    state.rejections.note(Rejected { provider, reason, size, at }).await;
}

async fn bytes(body: Body) -> Result<Vec<u8>, Problem> {
    axum::body::to_bytes(body, BODY_LIMIT).await.map(Vec::from).map_err(|_| too_large())
}

/// Headers as text; those that are none cannot be a signature.
fn plain(headers: &HeaderMap) -> BTreeMap<String, String> {
    let text = headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
    text.collect()
}
