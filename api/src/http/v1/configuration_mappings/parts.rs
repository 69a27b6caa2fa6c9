//! Parts of integrations: found by id, listed, changed by a command to their integration.

use std::collections::BTreeMap;

use application::command_handlers::Within as _;
use application::dispatcher::Done;
use application::process_managers::Routes;
use domain::ids::IntegrationId;
use domain::integration::{Integration, IntegrationCommand};
use domain::stream::{Kind, StreamId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Parts of a page unless asked otherwise.
const USUAL: usize = 50;
/// Parts a page may have.
const MOST: usize = 500;

/// Which parts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PartParams {
    /// Of this integration.
    integration_id: Option<Uuid>,
    /// The `next` of the page before.
    after: Option<Uuid>,
    /// Parts at most, 1 to 500; 50 unless given.
    limit: Option<usize>,
}

/// A page of parts.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PartList<T: ToSchema> {
    /// Parts, by id.
    pub(super) items: Vec<T>,
    /// Give it as `after` for the next page; null at the end.
    pub(super) next: Option<Uuid>,
    /// How many there are in all.
    pub(super) total: usize,
}

/// Parts of the caller's integrations.
pub(super) fn page<P, T: ToSchema>(
    (routes, caller): (&Routes, &Caller),
    asked: &PartParams,
    of: fn(&Integration) -> &BTreeMap<Uuid, P>,
    shape: fn(IntegrationId, &P) -> T,
) -> PartList<T> {
    let own = routes.integrations.iter().filter(|(id, owned)| {
        owned.organization == caller.organization
            && !owned.state.deleted
            && asked.integration_id.is_none_or(|asked| asked == id.0)
    });
    let all: BTreeMap<Uuid, (IntegrationId, &P)> = own
        .flat_map(|(id, owned)| of(&owned.state).iter().map(|(part, value)| (*part, (*id, value))))
        .collect();
    let limit = asked.limit.unwrap_or(USUAL).clamp(1, MOST);
    let left: Vec<_> = all.iter().filter(|(id, _)| asked.after.is_none_or(|after| **id > after)).collect();
    let next = if left.len() > limit { left.get(limit - 1).map(|(id, _)| **id) } else { None };
    let items =
        left.into_iter().take(limit).map(|(_, (integration, part))| shape(*integration, part)).collect();
    PartList { items, next, total: all.len() }
}

/// The integration of the caller's that has a part.
pub(super) async fn owner<P>(
    state: &AppState,
    caller: &Caller,
    (id, what): (&str, &'static str),
    of: fn(&Integration) -> &BTreeMap<Uuid, P>,
) -> Result<(IntegrationId, Uuid), Problem> {
    let id: Uuid = crate::http::params::id(id, what)?;
    let routes = state.desk.routes().await?;
    let found = routes.integrations.iter().find(|(_, owned)| {
        owned.organization == caller.organization
            && !owned.state.deleted
            && of(&owned.state).contains_key(&id)
    });
    found.map(|(integration, _)| (*integration, id)).ok_or_else(|| Problem::not_found(what))
}

/// Sends a command to an integration of the caller's.
pub(super) async fn command(
    state: &AppState,
    caller: &Caller,
    integration: IntegrationId,
    command: IntegrationCommand,
) -> Result<Done, Problem> {
    let known = state.desk.routes().await?;
    known.integration_of(caller.organization, integration).map_err(|_| {
        Problem::invalid("integration_id", "there is no such integration: GET /v1/integrations lists them")
    })?;
    let stream = StreamId::of(Kind::Integration, integration.0);
    let envelope = caller.envelope();
    Ok(state.dispatcher.dispatch::<Integration>(&envelope, &stream, |_| command.clone()).await?)
}
