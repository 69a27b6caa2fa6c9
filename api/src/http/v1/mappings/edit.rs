//! Changes one rule of a mapping: the mapping is replaced as a whole, at the number it was read with.

use application::command_handlers::{MappingGiven, SyncConfigSettings, Within as _, WrittenConfig};
use domain::ids::{IntegrationId, SyncConfigId};
use domain::sync_config::{Mapping, MappingRule};
use serde_json::Value;

use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// The config, if it is the integration's and the caller's; its mapping and the mapping's number.
pub(super) async fn mapping_of(
    state: &AppState,
    caller: &Caller,
    (integration, config): (Option<IntegrationId>, SyncConfigId),
) -> Result<(Mapping, u32), Problem> {
    let routes = state.desk.routes().await?;
    let known = &routes.config_of(caller.organization, config)?.state;
    let owner = known.identity.as_ref().map(|identity| identity.integration);
    if integration.is_some_and(|integration| owner != Some(integration)) {
        let message = "it is no sync config of this integration: GET …/sync/config lists them";
        return Err(Problem::invalid("sync_config_id", message));
    }
    Ok((known.mapping.clone(), known.mapping_number))
}

/// One rule, as given.
pub(super) fn read_rule(given: &Value) -> Result<MappingRule, Problem> {
    let MappingGiven(mapping) = MappingGiven::read("mapping", &Value::Array(vec![given.clone()]))?;
    mapping.rules.into_iter().next().ok_or_else(|| Problem::invalid("mapping", "give one mapping"))
}

/// Replaces the mapping, if it is still at `number`.
pub(super) async fn replace(
    state: &AppState,
    caller: &Caller,
    config: SyncConfigId,
    (mapping, number): (Mapping, Option<u32>),
) -> Result<WrittenConfig, Problem> {
    let settings = SyncConfigSettings {
        mapping: Some(mapping),
        expected_mapping: number,
        ..SyncConfigSettings::default()
    };
    Ok(state.desk.change_sync_config(&caller.envelope(), config, settings, None).await?)
}
