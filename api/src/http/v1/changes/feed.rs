//! Reads the log for changes of one organization's records.

use application::change_feed::Change;
use application::ports::Unavailable;
use application::ports::event_log::Filter;
use chrono::{DateTime, TimeDelta, Utc};
use domain::fields::Fields;
use domain::ids::OrganizationId;
use domain::stream::Kind;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::http::at_least;
use crate::http::state::AppState;

/// How often the log is looked at when nothing wakes us.
const LOOK_AGAIN: TimeDelta = TimeDelta::milliseconds(250);

/// A change of a record.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChangeShape {
    /// Give it as `after` to go on from here.
    pub(super) cursor: String,
    /// The project.
    project_id: String,
    /// Our entity.
    entity: String,
    /// The record.
    local_id: String,
    /// `created`, `updated`, `deleted` or `erased`.
    change: &'static str,
    /// The record's version after it.
    version: u64,
    /// Changed fields with their whole new values; all of them when created.
    #[schema(value_type = Object)]
    fields: Fields,
    /// Fields that were cleared.
    cleared: Vec<String>,
    /// Where it comes from: `client`, `import`, or `{"inbound": {"config"}}`.
    #[schema(value_type = Option<Object>)]
    source: Option<Value>,
    /// When the log took it.
    recorded_at: DateTime<Utc>,
    /// Who caused it.
    actor: String,
}

impl From<Change> for ChangeShape {
    fn from(change: Change) -> Self {
        Self {
            cursor: at_least::encode(change.position),
            project_id: change.project_id.to_string(),
            entity: change.entity,
            local_id: change.local_id,
            change: change.change,
            version: change.version,
            fields: change.fields,
            cleared: change.cleared,
            source: change.source,
            recorded_at: change.recorded_at,
            actor: change.actor,
        }
    }
}

/// Changes after a position. Waits for the first one until `deadline`.
pub(super) async fn after(
    state: &AppState,
    organization: OrganizationId,
    (position, limit): (u64, usize),
    deadline: DateTime<Utc>,
) -> Result<Vec<ChangeShape>, Unavailable> {
    let filter = Filter { organization: Some(organization), kinds: vec![Kind::LocalRecord] };
    loop {
        let events = state.log().read_filtered(position, limit, &filter).await?;
        let now = state.clock().now();
        if !events.is_empty() || now >= deadline {
            return Ok(events.iter().filter_map(Change::of).map(Into::into).collect());
        }
        let pause = state.clock().sleep_until(deadline.min(now + LOOK_AGAIN));
        futures::future::select(state.wakeups.wait("log"), pause).await;
    }
}
