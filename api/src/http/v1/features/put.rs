//! `PUT /v1/integrations/{id}/features/{code}`

use application::command_handlers::FeatureSwitch;
use axum::Json;
use axum::extract::{Path, State};
use domain::ids::IntegrationId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::http::auth::Caller;
use crate::http::body::Body;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::v1::sync_configs::{present, read_trigger};
use crate::http::{at_least, params};

/// What is asked of a feature; what is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FeatureBody {
    /// On or off. On creates its sync config.
    #[serde(alias = "is_enabled")]
    enabled: Option<bool>,
    /// Its own trigger, a word or an object; null for the manifest's again.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Object>)]
    trigger: Option<Value>,
    /// Entity, filter and events of the trigger.
    #[schema(value_type = Option<Object>)]
    trigger_config: Option<Value>,
}

/// A feature was switched.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FeatureDone {
    /// The feature.
    code: String,
    /// The sync config it stands for.
    sync_config_id: Option<String>,
    /// Read with `at_least` this to see its effect.
    position: String,
}

impl FeatureBody {
    fn into_switch(self) -> Result<FeatureSwitch, Problem> {
        let trigger = match self.trigger {
            None => None,
            Some(Value::Null) => Some(None),
            Some(given) => Some(Some(read_trigger(&given, self.trigger_config.as_ref())?)),
        };
        Ok(FeatureSwitch { enabled: self.enabled, trigger })
    }
}

/// Switches a feature on or off, or gives it a trigger of its own. Enabling it creates its sync config.
#[utoipa::path(put, path = "/integrations/{id}/features/{code}", tag = "features",
    params(("id" = String, Path), ("code" = String, Path)), request_body = FeatureBody,
    responses((status = 200, body = FeatureDone)))]
pub(super) async fn put(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, code)): Path<(String, String)>,
    Body(body): Body<FeatureBody>,
) -> Result<Json<FeatureDone>, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    let switch = body.into_switch()?;
    let (config, position) = state.desk.set_feature(&caller.envelope(), (id, &code), switch).await?;
    let sync_config_id = config.map(|config| config.to_string());
    Ok(Json(FeatureDone { code, sync_config_id, position: at_least::encode(position) }))
}
