//! Switches of features, folded into their rows.

use domain::event::Event;
use domain::integration::IntegrationEvent;
use domain::metadata::Recorded;
use domain::stream::Kind;

use super::row::FeatureRow;
use crate::projection::{Poison, Projection};
use crate::row::json;

/// Folds features.
#[derive(Clone, Copy, Debug)]
pub struct FeatureProjection;

impl Projection for FeatureProjection {
    type Row = FeatureRow;

    const KINDS: &'static [Kind] = &[Kind::Integration];

    fn targets(&self, event: &Recorded<Event>) -> Vec<String> {
        let feature = feature(&event.event);
        feature.map(|feature| format!("{}/{feature}", event.stream.id)).into_iter().collect()
    }

    fn apply(
        &self,
        key: &str,
        row: Option<FeatureRow>,
        recorded: &Recorded<Event>,
    ) -> Result<Option<FeatureRow>, Poison> {
        let (Event::Integration(event), Some(feature)) = (&recorded.event, feature(&recorded.event)) else {
            return Ok(row);
        };
        let mut row = row.unwrap_or_else(|| FeatureRow {
            id: key.to_owned(),
            organization_id: recorded.organization,
            integration_id: recorded.stream.id.clone(),
            feature: feature.to_owned(),
            enabled: false,
            automatic: false,
            trigger_override: None,
            created_at: recorded.recorded_at,
            updated_at: recorded.recorded_at,
        });
        row.updated_at = recorded.recorded_at;
        match event {
            IntegrationEvent::FeatureEnabled(on) => (row.enabled, row.automatic) = (true, on.automatic),
            IntegrationEvent::FeatureDisabled(off) => (row.enabled, row.automatic) = (false, off.automatic),
            IntegrationEvent::TriggerOverridden(own) => row.trigger_override = own.trigger.as_ref().map(json),
            _ => {}
        }
        Ok(Some(row))
    }
}

fn feature(event: &Event) -> Option<&str> {
    match event {
        Event::Integration(IntegrationEvent::FeatureEnabled(on)) => Some(&on.feature),
        Event::Integration(IntegrationEvent::FeatureDisabled(off)) => Some(&off.feature),
        Event::Integration(IntegrationEvent::TriggerOverridden(own)) => Some(&own.feature),
        _ => None,
    }
}
