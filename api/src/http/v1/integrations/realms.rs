//! `GET /v1/integrations/{id}/realms`

use application::command_handlers::RealmChoice;
use application::ports::connector::RemoteRealm;
use axum::Json;
use axum::extract::{Path, State};
use domain::ids::IntegrationId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::auth::Caller;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// A remote company.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RealmShape {
    /// Its id at the provider.
    realm_id: String,
    /// Its name, where the provider tells.
    name: Option<String>,
    /// Whether the integration is connected to it.
    selected: bool,
}

impl RealmShape {
    /// One of several that nobody chose yet.
    pub(crate) fn choice(realm: RemoteRealm) -> Self {
        Self { realm_id: realm.id, name: realm.name, selected: false }
    }

    fn of(choice: RealmChoice) -> Self {
        Self { selected: choice.selected, ..Self::choice(choice.realm) }
    }
}

/// Companies of a connection.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RealmList {
    /// The companies.
    items: Vec<RealmShape>,
}

/// Lists the companies that the credentials of an integration give.
#[utoipa::path(get, path = "/integrations/{id}/realms", tag = "integrations", params(("id" = String, Path)),
    responses((status = 200, body = RealmList)))]
pub(super) async fn realms(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<RealmList>, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    let realms = state.desk.realms(&caller.envelope(), id).await?;
    Ok(Json(RealmList { items: realms.into_iter().map(RealmShape::of).collect() }))
}
