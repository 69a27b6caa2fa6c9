//! Events of integrations, folded into their rows.

use domain::aggregate::Aggregate;
use domain::event::Event;
use domain::integration::{Integration, IntegrationCreated, IntegrationEvent, Profile, SyncFrequency};
use domain::metadata::Recorded;
use domain::stream::Kind;
use domain::value::ErrorClass;

use super::row::IntegrationRow;
use crate::projection::{Poison, Projection};
use crate::row::{Encoded, json, spaced, word};

/// Folds integrations.
#[derive(Clone, Copy, Debug)]
pub struct IntegrationProjection;

impl Projection for IntegrationProjection {
    type Row = IntegrationRow;

    const KINDS: &'static [Kind] = &[Kind::Integration];

    fn begins(&self, event: &Recorded<Event>) -> bool {
        event.sequence == 1
    }

    fn apply(
        &self,
        key: &str,
        row: Option<IntegrationRow>,
        recorded: &Recorded<Event>,
    ) -> Result<Option<IntegrationRow>, Poison> {
        let Event::Integration(event) = &recorded.event else { return Ok(row) };
        let row = match event {
            IntegrationEvent::IntegrationCreated(created) => Some(begun(key, created, recorded)),
            _ => row,
        };
        Ok(row.map(|row| changed(row, event, recorded)))
    }
}

fn begun(key: &str, created: &IntegrationCreated, recorded: &Recorded<Event>) -> IntegrationRow {
    let actor = recorded.metadata.actor.as_text();
    IntegrationRow {
        id: key.to_owned(),
        organization_id: recorded.organization,
        project_id: created.identity.project,
        provider: created.identity.provider.clone(),
        origin: word(&created.identity.origin),
        code: created.profile.code.to_string(),
        display_name: created.profile.name.to_string(),
        description: String::new(),
        settings: created.profile.settings.clone(),
        base_url: None,
        enabled: false,
        connection_status: Integration::default().connection,
        external_realm_id: None,
        external_realm_name: None,
        sync_direction: created.profile.direction,
        sync_frequency: created.profile.frequency.to_string(),
        sync_frequency_minutes: None,
        scopes: String::new(),
        has_credentials: false,
        token_expires_at: None,
        lookups: json(&Integration::default().lookups),
        lookups_number: 0,
        limits: json(&Integration::default().limits),
        last_error: None,
        last_error_class: None,
        last_error_at: None,
        error_count: 0,
        connected_by: None,
        connected_at: None,
        created_by: actor.clone(),
        updated_by: actor,
        created_at: recorded.recorded_at,
        updated_at: recorded.recorded_at,
        deleted_at: None,
        state: Encoded(Integration::default()),
    }
}

fn changed(mut row: IntegrationRow, event: &IntegrationEvent, recorded: &Recorded<Event>) -> IntegrationRow {
    row.state.0.apply(event);
    row.updated_at = recorded.recorded_at;
    row.updated_by = recorded.metadata.actor.as_text();
    noted(&mut row, event, recorded);
    derived(row)
}

/// What the event says and the aggregate's state does not keep.
fn noted(row: &mut IntegrationRow, event: &IntegrationEvent, recorded: &Recorded<Event>) {
    match event {
        IntegrationEvent::ConnectionConfirmed(confirmed) => {
            row.external_realm_name.clone_from(&confirmed.realm_name);
            row.connected_at = Some(recorded.recorded_at);
            row.connected_by = Some(recorded.metadata.actor.as_text());
            healthy(row);
        }
        IntegrationEvent::ConnectionRefused(refused) => {
            row.last_error = Some(refused.reason.clone());
            row.last_error_class = None;
            row.last_error_at = Some(recorded.recorded_at);
        }
        IntegrationEvent::HealthFailed(failed) => {
            row.last_error = Some(failed.message.clone());
            row.last_error_class = Some(failed.class);
            row.last_error_at = Some(recorded.recorded_at);
            row.error_count = failed.consecutive;
        }
        IntegrationEvent::HealthRecovered(_) => healthy(row),
        IntegrationEvent::ConnectionExpired(expired) => {
            row.last_error = Some(expired.reason.clone());
            row.last_error_class = Some(ErrorClass::AuthExpired);
            row.last_error_at = Some(recorded.recorded_at);
        }
        IntegrationEvent::IntegrationDeleted(_) => row.deleted_at = Some(recorded.recorded_at),
        _ => {}
    }
}

fn healthy(row: &mut IntegrationRow) {
    row.last_error = None;
    row.last_error_class = None;
    row.error_count = 0;
}

/// What the aggregate's state says.
fn derived(mut row: IntegrationRow) -> IntegrationRow {
    let state = std::mem::take(&mut row.state.0);
    if let Some(profile) = &state.profile {
        described(&mut row, profile);
    }
    row.enabled = state.enabled;
    row.connection_status = state.connection;
    row.external_realm_id.clone_from(&state.realm);
    row.scopes = spaced(&state.scopes);
    row.has_credentials = state.credential.is_some();
    row.token_expires_at = state.credential.as_ref().and_then(|credential| credential.token_expires_at);
    row.lookups = json(&state.lookups);
    row.lookups_number = state.lookups_number;
    row.limits = json(&state.limits);
    row.state = Encoded(state);
    row
}

fn described(row: &mut IntegrationRow, profile: &Profile) {
    row.code = profile.code.to_string();
    row.display_name = profile.name.to_string();
    row.description.clone_from(&profile.description);
    row.settings.clone_from(&profile.settings);
    row.base_url.clone_from(&profile.base_url);
    row.sync_direction = profile.direction;
    row.sync_frequency = profile.frequency.to_string();
    row.sync_frequency_minutes = match profile.frequency {
        SyncFrequency::Minutes(minutes) => Some(i64::from(minutes.get())),
        SyncFrequency::Realtime | SyncFrequency::Manual => None,
    };
}
