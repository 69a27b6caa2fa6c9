//! Lists: keyset pages with opaque cursors, and totals that are counted up to a cap.

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use projections::list::{self, COUNT_CAP, Filter, Page};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::params;
use super::problem::Problem;
use super::state::AppState;

/// Rows of a page unless asked otherwise.
const USUAL: usize = 50;
/// Rows a page may have.
const MOST: usize = 500;

/// Which page of a list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageParams {
    /// The `next` of the page before.
    after: Option<String>,
    /// Rows at most, 1 to 500; 50 unless given.
    limit: Option<usize>,
    /// `exact` counts every row; otherwise the total is counted up to 10,000.
    total: Option<String>,
    /// `asc` or `desc`, by the list's own order.
    order: Option<String>,
}

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Listing {
    /// Rows, with the columns of their view.
    #[schema(value_type = Vec<Object>)]
    pub items: Vec<Value>,
    /// Give it as `after` for the next page; null at the end.
    pub next: Option<String>,
    /// How many rows there are in all.
    pub total: u64,
    /// Whether there may be more than `total`.
    pub total_capped: bool,
}

/// A list's page and its filter.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listed<F> {
    /// The page.
    pub page: PageParams,
    /// The filter.
    pub filter: F,
}

impl<F: DeserializeOwned + IntoParams, S: Sync> FromRequestParts<S> for Listed<F> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut known = params::names::<F>();
        known.extend(params::names::<PageParams>());
        params::check_names(parts, &known)?;
        Ok(Self { page: params::read(parts)?, filter: params::read(parts)? })
    }
}

/// No filter.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
pub(crate) struct Everything {}

/// The page of a view.
pub(crate) async fn answer<F: Filter + Sync>(
    state: &AppState,
    filter: &F,
    page: &PageParams,
) -> Result<Json<Listing>, Problem> {
    let limit = limit(page)?;
    let after = page.after.as_deref().map(place::<F>).transpose()?;
    let reversed = match page.order.as_deref() {
        None => false,
        Some("asc") => F::DESCENDING,
        Some("desc") => !F::DESCENDING,
        Some(_) => return Err(refused("order", "order must be asc or desc")),
    };
    let store = state.read_store.as_ref();
    // One row more tells whether there is another page.
    let wanted = Page { after, limit: limit + 1, reversed };
    let mut items = list::list(store, filter, wanted).await?;
    let more = items.len() > limit;
    items.truncate(limit);
    let next = if more { items.last().and_then(cursor::<F>) } else { None };
    let (total, total_capped) = match page.total.as_deref() {
        None => {
            let total = list::count(store, filter).await?;
            (total, total >= COUNT_CAP)
        }
        Some("exact") => (store.count(F::VIEW, &filter.conditions(), u64::MAX >> 1).await?, false),
        Some(_) => return Err(refused("total", "total must be exact, or left out")),
    };
    Ok(Json(Listing { items, next, total, total_capped }))
}

/// Rows a page may have, as asked.
pub(crate) fn limit(page: &PageParams) -> Result<usize, Problem> {
    match page.limit {
        None => Ok(USUAL),
        Some(limit) if (1..=MOST).contains(&limit) => Ok(limit),
        Some(_) => Err(refused("limit", "limit must be 1 to 500")),
    }
}

fn cursor<F: Filter>(row: &Value) -> Option<String> {
    let place = F::place(row)?;
    serde_json::to_vec(&place).ok().map(|bytes| URL_SAFE_NO_PAD.encode(bytes))
}

fn place<F: Filter>(text: &str) -> Result<(application::ports::read_store::Cell, String), Problem> {
    let decoded = URL_SAFE_NO_PAD.decode(text).ok();
    let pair: Option<(String, String)> = decoded.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    pair.and_then(|(order, id)| F::after(&order, &id))
        .ok_or_else(|| refused("after", "after is no cursor of this list: use the next of a page"))
}

fn refused(name: &str, detail: &str) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "parameter_invalid", detail).about(name)
}
