//! `GET /v1/oauth/{provider}/callback`

use std::collections::BTreeMap;

use application::command_handlers::Completed;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::at_least;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::v1::integrations::RealmShape;

/// An authorization ended well.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CallbackAnswer {
    /// The authorization.
    attempt_id: String,
    /// The integration that is connected.
    integration_id: String,
    /// The remote company; none while one of `realms` has to be chosen: `POST /v1/integrations/{id}/realms/select`.
    realm: Option<String>,
    /// Its name, where the provider tells.
    realm_name: Option<String>,
    /// Companies to choose from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    realms: Vec<RealmShape>,
    /// What the caller gave at its beginning.
    additional_data: Option<String>,
    /// Position of the confirmation.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<String>,
}

/// Where a provider sends the browser back. Its state is used once.
#[utoipa::path(get, path = "/oauth/{provider}/callback", tag = "oauth",
    params(("provider" = String, Path), ("state" = String, Query), ("code" = Option<String>, Query),
        ("realmId" = Option<String>, Query), ("error" = Option<String>, Query)),
    responses((status = 200, body = CallbackAnswer)))]
pub(super) async fn callback(
    State(state): State<AppState>,
    headers: HeaderMap,
    Path(provider): Path<String>,
    Query(given): Query<BTreeMap<String, String>>,
) -> Response {
    let browser = headers
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    match (state.desk.complete_oauth(&provider, &given).await, browser) {
        (Ok(completed), true) => connected(&completed).into_response(),
        (Ok(completed), false) => Json(answer(completed)).into_response(),
        (Err(declined), true) => refused(&Problem::from(declined)),
        (Err(declined), false) => Problem::from(declined).into_response(),
    }
}

fn answer(completed: Completed) -> CallbackAnswer {
    CallbackAnswer {
        attempt_id: completed.attempt.id.to_string(),
        integration_id: completed.attempt.integration.to_string(),
        realm: completed.realm,
        realm_name: completed.realm_name,
        realms: completed.choices.into_iter().map(RealmShape::choice).collect(),
        additional_data: completed.additional_data,
        position: completed.position.map(at_least::encode),
    }
}

fn connected(completed: &Completed) -> Html<String> {
    let Some(realm) = &completed.realm else {
        let text = "The consent gives several companies. Go back and choose the one that is meant.";
        return page("One more step", text);
    };
    let company = completed.realm_name.as_deref().unwrap_or(realm);
    page("Connected", &format!("{} is connected. You may close this window.", escaped(company)))
}

fn refused(problem: &Problem) -> Response {
    (problem.status, page("Not connected", &escaped(&problem.detail))).into_response()
}

fn page(title: &str, text: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title} · Headwater</title>\
         <body style=\"font-family:system-ui;max-width:32rem;margin:4rem auto\"><h1>{title}</h1><p>{text}</p></body></html>"
    ))
}

/// What a provider says is text, never markup.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
