//! A delivery of an integration of the caller's.

use application::command_handlers::Within as _;
use domain::ids::IntegrationId;
use domain::stream::{Kind, StreamId, webhook_delivery};

use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::{params, resource};

/// The delivery that a path names: by its whole id, or by its dedupe id.
pub(super) async fn delivery_of(
    state: &AppState,
    caller: &Caller,
    (integration, event): (&str, &str),
) -> Result<StreamId, Problem> {
    let id: IntegrationId = params::id(integration, "integration")?;
    state.desk.routes().await?.integration_of(caller.organization, id)?;
    let stream = resource::composed(Kind::WebhookDelivery, event);
    if stream.id.starts_with(&format!("{id}/")) { Ok(stream) } else { Ok(webhook_delivery(id, event)) }
}
