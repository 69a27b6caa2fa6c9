//! Features: events in, rows out.

use domain::integration::{FeatureDisabled, FeatureEnabled, IntegrationEvent};

use super::FeatureProjection;
use crate::testing::{Log, at, integration, integration_stream};

#[test]
fn each_feature_has_a_row_of_its_own() {
    let on = |feature: &str| {
        IntegrationEvent::from(FeatureEnabled { feature: feature.to_owned(), automatic: true })
    };
    let off = FeatureDisabled { feature: "invoices".to_owned(), automatic: false }.into();
    let rows = Log::of(&integration_stream(), [on("customers"), on("invoices"), off]).rows(FeatureProjection);
    let shown: Vec<_> = rows.iter().map(|row| (row.feature.as_str(), row.enabled, row.automatic)).collect();
    assert_eq!(shown, [("customers", true, true), ("invoices", false, false)]);
    assert_eq!(rows[1].id, format!("{}/invoices", integration()));
    assert_eq!((rows[1].created_at, rows[1].updated_at), (at(2), at(3)));
}
