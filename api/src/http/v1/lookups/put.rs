//! `PUT /v1/integrations/{id}/lookups/{name}`

use std::collections::BTreeMap;

use application::command_handlers::Within as _;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::IntegrationId;
use domain::integration::{Integration, IntegrationCommand};
use domain::stream::{Kind, StreamId};

use crate::http::answer::{self, Done};
use crate::http::auth::Caller;
use crate::http::body::Body;
use crate::http::etag::IfMatch;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Replaces a lookup table: our value → the provider's. `If-Match` is the number that reading it showed.
#[utoipa::path(put, path = "/integrations/{id}/lookups/{name}", tag = "lookups",
    params(("id" = String, Path),
    ("If-Match" = Option<String>, Header, description = "The version that reading it showed."), ("name" = String, Path)), request_body = BTreeMap<String, String>,
    responses((status = 200, body = Done)))]
pub(super) async fn put(
    State(state): State<AppState>,
    (caller, expected): (Caller, IfMatch),
    Path((id, name)): Path<(String, String)>,
    Body(table): Body<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    state.desk.routes().await?.integration_of(caller.organization, id)?;
    if name.trim().is_empty() || name.chars().count() > 50 {
        return Err(Problem::invalid("name", "the name of a lookup table has 1 to 50 characters"));
    }
    let expected = expected.0.map(|number| u32::try_from(number).unwrap_or(u32::MAX));
    let stream = StreamId::of(Kind::Integration, id.0);
    let (name, table) = (&name, &table);
    let command = |_: &Integration| IntegrationCommand::SetLookup {
        name: name.clone(),
        table: table.clone(),
        expected,
    };
    let done = state.dispatcher.dispatch::<Integration>(&caller.envelope(), &stream, command).await?;
    Ok(answer::changed(&id, done))
}
