//! `PUT /v1/integrations/{id}/credentials`

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::IntegrationId;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::http::answer::{self, Done};
use crate::http::auth::Caller;
use crate::http::body::Body;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Secrets, by name (`api_key`, `webhook_secret` …): see the provider's setup form. Write-only.
#[derive(Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = BTreeMap<String, String>)]
pub(crate) struct SecretsBody(BTreeMap<String, Value>);

impl SecretsBody {
    /// The secrets, in a shape that does not print. A refusal names the field, never its value.
    pub(crate) fn into_secrets(self) -> Result<Vec<(String, SecretString)>, Problem> {
        let secrets = self.0.into_iter().map(|(name, value)| match value {
            Value::String(text) => Ok((name, SecretString::from(text))),
            _ => Err(Problem::invalid(&name, format!("{name} must be a text"))),
        });
        secrets.collect()
    }
}

/// Stores credentials; those not given stay as they are, and none ever comes back. Try them with `…/test`.
#[utoipa::path(put, path = "/integrations/{id}/credentials", tag = "integrations", params(("id" = String, Path)),
    request_body = SecretsBody, responses((status = 200, body = Done)))]
pub(super) async fn put_credentials(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<SecretsBody>,
) -> Result<Response, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    let done = state.desk.put_credentials(&caller.envelope(), id, body.into_secrets()?).await?;
    Ok(answer::changed(&id, done))
}
