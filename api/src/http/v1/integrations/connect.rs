//! `POST /v1/integrations/{provider}/connect`

use application::command_handlers::{Connect, Connecting};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::ids::{DEFAULT_PROJECT, IntegrationId, ProjectId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::auth::Caller;
use crate::http::body::MaybeBody;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::v1::providers::SetupShape;
use crate::http::{answer, at_least};

/// What to connect.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConnectBody {
    /// The project; the default one unless given. Its integration is created when it has none.
    project_id: Option<Uuid>,
    /// The integration to reconnect.
    integration_id: Option<Uuid>,
    /// Where the provider sends the browser back; our own callback unless given, else one of the allow-list.
    redirect_uri: Option<String>,
    /// Given back when it ends.
    additional_data: Option<String>,
    /// Whether another remote company than before is meant; its links are ended then.
    #[serde(default)]
    change_realm: bool,
}

impl ConnectBody {
    fn into_connect(self, provider: String) -> Connect {
        Connect {
            provider,
            project: self.project_id.map_or(DEFAULT_PROJECT, ProjectId),
            integration: self.integration_id.map(IntegrationId),
            redirect_uri: self.redirect_uri,
            additional_data: self.additional_data,
            change_realm: self.change_realm,
        }
    }
}

/// What follows: a browser to send, or a form to fill in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ConnectAnswer {
    /// The integration that will be connected.
    pub integration_id: String,
    /// The authorization, to ask how it ended: `GET /v1/oauth/attempts/{id}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt_id: Option<String>,
    /// Where to send the browser.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorize_url: Option<String>,
    /// What to ask for, and to put to `…/credentials`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub setup: Option<Vec<SetupShape>>,
    /// Position of its beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<String>,
}

/// Begins connecting a provider for a project. `{provider}` is its key.
#[utoipa::path(post, path = "/integrations/{provider}/connect", tag = "integrations",
    params(("provider" = String, Path)), request_body = Option<ConnectBody>,
    responses((status = 202, body = ConnectAnswer), (status = 200, body = ConnectAnswer)))]
pub(super) async fn connect(
    State(state): State<AppState>,
    caller: Caller,
    Path(provider): Path<String>,
    MaybeBody(body): MaybeBody<ConnectBody>,
) -> Result<Response, Problem> {
    let connect = body.into_connect(provider);
    Ok(answered(state.desk.connect(&caller.envelope(), connect).await?))
}

fn answered(connecting: Connecting) -> Response {
    match connecting {
        Connecting::Authorize { attempt, integration, url, position } => {
            let place = format!("/v1/oauth/attempts/{attempt}");
            answer::started(
                &place,
                ConnectAnswer {
                    integration_id: integration.to_string(),
                    attempt_id: Some(attempt.to_string()),
                    authorize_url: Some(url),
                    setup: None,
                    position: Some(at_least::encode(position)),
                },
            )
        }
        Connecting::Setup { integration, form } => {
            let body = ConnectAnswer {
                integration_id: integration.to_string(),
                attempt_id: None,
                authorize_url: None,
                setup: Some(form.iter().map(SetupShape::from).collect()),
                position: None,
            };
            (StatusCode::OK, Json(body)).into_response()
        }
    }
}
