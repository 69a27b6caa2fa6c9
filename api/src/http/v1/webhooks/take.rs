//! Takes a webhook's bytes in, counts what is not taken.

use std::collections::BTreeMap;

use application::command_handlers::{Declined, RawWebhook};
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use domain::ids::IntegrationId;

use super::rejections::Rejected;
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
) -> Result<StatusCode, Problem> {
    let (parts, body) = request.into_parts();
    let raw = RawWebhook { provider, integration, headers: plain(&parts.headers), body: bytes(body).await? };
    match state.desk.receive_webhook(&raw).await {
        Ok(delivered) => {
            metrics::counter!("headwater_webhook_deliveries_total").increment(delivered.accepted);
            metrics::counter!("headwater_webhook_unknown_realms_total").increment(delivered.unknown_realm);
            Ok(StatusCode::OK)
        }
        Err(declined) => {
            note(state, &raw, &declined);
            Err(declined.into())
        }
    }
}

fn note(state: &AppState, raw: &RawWebhook, declined: &Declined) {
    let reason = match declined {
        Declined::Webhook(rejection) => rejection_code(rejection),
        Declined::NotFound(_) => "webhook_for_nobody",
        _ => return,
    };
    let provider = raw.provider.chars().take(NAME).collect();
    let (size, at) = (raw.body.len(), state.clock().now());
    state.rejections.note(Rejected { provider, reason, size, at });
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
