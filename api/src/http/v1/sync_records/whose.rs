//! A sync record of the caller's organization.

use application::command_handlers::Within as _;
use domain::stream::{Kind, SyncRecordKey};

use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::resource;
use crate::http::state::AppState;

/// The record that an id in a path names.
pub(crate) async fn record_of(state: &AppState, caller: &Caller, id: &str) -> Result<SyncRecordKey, Problem> {
    let stream = resource::composed(Kind::SyncRecord, id);
    Ok(state.desk.routes().await?.record_of(caller.organization, &stream.id)?)
}
