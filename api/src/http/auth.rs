//! Who asks: one check per request. Until there are tenants, a bearer of the operator's token acts in the default
//! organization.

use application::dispatcher::Envelope;
use application::ports::event_log::CommandRecord;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use domain::ids::{CommandId, OrganizationId};
use domain::metadata::{Actor, Metadata};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::problem::Problem;
use super::state::AppState;

/// The id of the operator's token, as events name it.
const OPERATOR: &str = "operator";

/// Names a request; set by the outermost layer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestId(pub Uuid);

/// Who asks, and under which command id.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The tenant.
    pub organization: OrganizationId,
    /// Who.
    pub actor: Actor,
    /// Names the request.
    pub request: Uuid,
    /// Set where the sender named its command.
    pub command: Option<CommandRecord>,
}

impl Caller {
    /// What travels with a command of this request.
    pub(crate) fn envelope(&self) -> Envelope {
        let request = CommandId(self.request);
        let command_id = self.command.as_ref().map_or(request, |command| command.command_id);
        let mut metadata = Metadata::new(self.actor.clone(), command_id);
        metadata.correlation_id = request;
        Envelope { organization: self.organization, metadata, command: self.command.clone() }
    }
}

/// The layer in front of every route but the open ones.
pub(crate) async fn check(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if let Some(token) = &state.token {
        let given = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        if !same(given, token.expose_secret()) {
            let detail = "send the API token as `Authorization: Bearer <token>`";
            return Err(
                Problem::new(StatusCode::UNAUTHORIZED, "token_required", detail).about("authorization")
            );
        }
    }
    let id = request.extensions().get::<RequestId>().map_or_else(|| state.ids().next(), |id| id.0);
    let caller = Caller {
        organization: state.organization,
        actor: Actor::ApiKey(OPERATOR.to_owned()),
        request: id,
        command: None,
    };
    request.extensions_mut().insert(caller);
    Ok(next.run(request).await)
}

/// Compares digests, so that the time it takes tells nothing about the token.
fn same(given: &str, token: &str) -> bool {
    Sha256::digest(given) == Sha256::digest(token)
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Self>().cloned();
        caller.ok_or_else(|| {
            let detail = "send the API token as `Authorization: Bearer <token>`";
            Problem::new(StatusCode::UNAUTHORIZED, "token_required", detail).about("authorization")
        })
    }
}
