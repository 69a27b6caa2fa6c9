//! `PUT /v1/integrations/{id}/mappings/{mid}`

use axum::Json;
use axum::extract::{Path, State};
use domain::fields::Fields;
use domain::ids::IntegrationId;
use serde_json::Value;

use super::create::MappingDone;
use super::edit::{mapping_of, read_rule, replace};
use super::rule::{RuleShape, mapping_id, parse_id};
use crate::http::auth::Caller;
use crate::http::body::Body;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::{at_least, params};

/// Replaces one field mapping.
#[utoipa::path(put, path = "/integrations/{id}/mappings/{mid}", tag = "field mappings",
    params(("id" = String, Path), ("mid" = String, Path)), request_body = RuleShape,
    responses((status = 200, body = MappingDone)))]
pub(super) async fn put(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, mid)): Path<(String, String)>,
    Body(mut given): Body<Fields>,
) -> Result<Json<MappingDone>, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    let (config, name) = parse_id(&mid).ok_or_else(|| Problem::not_found("mapping"))?;
    given.remove("sync_config_id");
    given.entry("id").or_insert_with(|| Value::String(name.to_owned()));
    let rule = read_rule(&Value::Object(given))?;
    let (mut mapping, number) = mapping_of(&state, &caller, (Some(id), config)).await?;
    let known = mapping.rules.iter_mut().find(|known| known.id == name);
    let rule_id = rule.id.clone();
    *known.ok_or_else(|| Problem::not_found("mapping"))? = rule;
    let written = replace(&state, &caller, config, (mapping, Some(number))).await?;
    Ok(Json(MappingDone {
        id: mapping_id(config, &rule_id),
        sync_config_id: config.to_string(),
        mapping_number: written.mapping_number,
        position: at_least::encode(written.position),
    }))
}
