//! The views, as they are documented.

use application::ports::read_store::ColumnType;
use chrono::{DateTime, Utc};
use domain::event::Event;
use domain::ids::DEFAULT_ORGANIZATION;
use domain::integration::{IntegrationDeleted, IntegrationEvent};
use projections::view::View;
use serde_json::Value;

use super::fixture::fixtures;
use super::history::{integration_stream, records, setup};

#[tokio::test]
async fn every_documented_column_is_there_and_of_its_type() {
    for fixture in fixtures().await {
        fixture.append(setup()).await;
        fixture.append(records(30)).await;
        fixture.runner("a").catch_up().await.unwrap();
        for view in projections::views() {
            let rows = fixture.shown(view.name).await;
            assert!(!rows.is_empty(), "{} shows nothing", view.name);
            for row in &rows {
                check(&view, row);
            }
        }
    }
}

fn check(view: &View, row: &Value) {
    let row = row.as_object().unwrap();
    let mut shown: Vec<&str> = row.keys().map(String::as_str).collect();
    let mut documented: Vec<&str> = view.columns.iter().map(|column| column.name).collect();
    shown.sort_unstable();
    documented.sort_unstable();
    assert_eq!(shown, documented, "{}", view.name);
    assert_eq!(row["organization_id"], DEFAULT_ORGANIZATION.to_string());
    for column in &view.columns {
        let value = &row[column.name];
        let fits = match column.kind {
            _ if value.is_null() => true,
            ColumnType::Text => value.is_string(),
            ColumnType::Integer => value.is_i64(),
            ColumnType::Boolean => value.is_boolean(),
            ColumnType::Time => value.as_str().is_some_and(|text| text.parse::<DateTime<Utc>>().is_ok()),
            ColumnType::Decimal => value.as_str().is_some(),
            ColumnType::Json => true,
        };
        assert!(fits, "{}.{} is {value}", view.name, column.name);
    }
}

#[tokio::test]
async fn views_join_what_people_ask_for() {
    for fixture in fixtures().await {
        fixture.append(setup()).await;
        fixture.append(records(30)).await;
        fixture.runner("a").catch_up().await.unwrap();
        let integration = &fixture.shown("v_project_integrations").await[0];
        assert_eq!(integration["project_name"], "Meander");
        assert_eq!(integration["health"], "healthy");
        assert_eq!(integration["last_sync_status"], "completed");
        assert_eq!(integration["last_sync_at"], integration["last_successful_sync_at"]);
        let record = &fixture.shown("v_sync_records").await[0];
        assert_eq!(record["sync_status"], "synced");
        assert_eq!(record["provider"], "quickbooks");
        assert_eq!(record["local_entity"], "customer");
        assert_eq!(record["display_name"], "Customer c/000");
        let mapping = &fixture.shown("v_entity_mappings").await[0];
        assert_eq!((&mapping["local_id"], &mapping["external_id"]), (&"c/000".into(), &"0".into()));
        let rules = fixture.shown("v_field_mappings").await;
        assert_eq!(rules.len(), 1, "only the current mapping's rules");
        assert_eq!(rules[0]["remote_field"], "DisplayName");
        let run = &fixture.shown("v_integration_sync_logs").await[0];
        assert_eq!((&run["integration_name"], &run["feature"]), (&"QuickBooks".into(), &"customers".into()));
        let counts = ["v_sync_records", "v_sync_errors", "v_entity_mappings", "v_conflicts"];
        for (view, expected) in counts.into_iter().zip([30, 10, 10, 10]) {
            assert_eq!(fixture.shown(view).await.len(), expected, "{view}");
        }
        assert!(fixture.shown("v_conflicts").await.iter().all(|conflict| conflict["status"] == "open"));
    }
}

#[tokio::test]
async fn a_deleted_integration_leaves_the_live_views_and_stays_in_the_logs() {
    for fixture in fixtures().await {
        fixture.append(setup()).await;
        fixture.append(records(6)).await;
        let deleted = IntegrationEvent::from(IntegrationDeleted { forced: false });
        fixture.append(vec![(integration_stream(), Event::from(deleted))]).await;
        fixture.runner("a").catch_up().await.unwrap();
        for view in projections::views() {
            let kept = matches!(
                view.name,
                "v_projects" | "v_local_records" | "v_integration_sync_logs" | "v_webhook_events"
            );
            assert_eq!(!fixture.shown(view.name).await.is_empty(), kept, "{}", view.name);
        }
    }
}
