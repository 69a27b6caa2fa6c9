//! `POST /v1/integrations/{id}/mappings`

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::fields::Fields;
use domain::ids::{IntegrationId, SyncConfigId};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::edit::{mapping_of, read_rule, replace};
use super::rule::{RuleShape, mapping_id};
use crate::http::auth::Caller;
use crate::http::body::Body;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::{at_least, params};

/// A mapping was written.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MappingDone {
    /// Its id in paths.
    pub(super) id: String,
    /// Its sync config.
    pub(super) sync_config_id: String,
    /// The mapping's number now.
    pub(super) mapping_number: u32,
    /// Read with `at_least` this to see its effect.
    pub(super) position: String,
}

/// Adds a field mapping to the sync config it names as `sync_config_id`.
#[utoipa::path(post, path = "/integrations/{id}/mappings", tag = "field mappings", params(("id" = String, Path)),
    request_body = RuleShape, responses((status = 201, body = MappingDone)))]
pub(super) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Body(mut given): Body<Fields>,
) -> Result<(StatusCode, Json<MappingDone>), Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    let config = named_config(&mut given)?;
    let rule = read_rule(&Value::Object(given))?;
    let (mut mapping, number) = mapping_of(&state, &caller, (Some(id), config)).await?;
    let rule_id = rule.id.clone();
    mapping.rules.push(rule);
    let written = replace(&state, &caller, config, (mapping, Some(number))).await?;
    let done = MappingDone {
        id: mapping_id(config, &rule_id),
        sync_config_id: config.to_string(),
        mapping_number: written.mapping_number,
        position: at_least::encode(written.position),
    };
    Ok((StatusCode::CREATED, Json(done)))
}

fn named_config(given: &mut Fields) -> Result<SyncConfigId, Problem> {
    let named = given.remove("sync_config_id");
    let named = named.as_ref().and_then(Value::as_str).and_then(|text| text.parse().ok());
    named
        .ok_or_else(|| Problem::invalid("sync_config_id", "name the sync config that the mapping belongs to"))
}
