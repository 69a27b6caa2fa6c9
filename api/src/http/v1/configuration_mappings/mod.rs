//! What things of ours are at the provider: single things, whole types, customers.

mod collections;
mod customers;
mod external;
mod parts;
mod things;

use utoipa_axum::router::OpenApiRouter;

use crate::http::state::AppState;

/// Their routes.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().merge(things::routes()).merge(collections::routes()).merge(customers::routes())
}
