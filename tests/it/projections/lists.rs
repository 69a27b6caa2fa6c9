//! Lists: filters, pages and totals.

use domain::ids::{DEFAULT_ORGANIZATION, DEFAULT_PROJECT, OrganizationId};
use domain::value::SyncStatus;
use projections::list::{Filter, Page, count, get, list};
use projections::local_records::LocalRecordFilter;
use projections::sync_records::{EntityMappingFilter, SyncErrorFilter, SyncRecordFilter};
use projections::sync_runs::SyncRunFilter;
use uuid::Uuid;

use super::fixture::{Fixture, fixtures};
use super::history::{CONFIG, INTEGRATION, records, setup};

async fn filled() -> Vec<Fixture> {
    let fixtures = fixtures().await;
    for fixture in &fixtures {
        fixture.append(setup()).await;
        fixture.append(records(30)).await;
        fixture.runner("a").catch_up().await.unwrap();
    }
    fixtures
}

#[tokio::test]
async fn pages_show_every_row_once_in_order() {
    for fixture in filled().await {
        let store = fixture.read_store.as_ref();
        let filter = LocalRecordFilter {
            project: Some(DEFAULT_PROJECT),
            entity: Some("customer".to_owned()),
            ..LocalRecordFilter::of(DEFAULT_ORGANIZATION)
        };
        let mut ids = Vec::new();
        let mut after = None;
        loop {
            let rows = list(store, &filter, Page { after, limit: 7, reversed: false }).await.unwrap();
            ids.extend(rows.iter().map(|row| row["local_id"].as_str().unwrap().to_owned()));
            let Some((order, id)) = rows.last().and_then(LocalRecordFilter::place) else { break };
            after = LocalRecordFilter::after(&order, &id);
        }
        let expected: Vec<String> = (0..30).map(|number| format!("c/{number:03}")).collect();
        assert_eq!(ids, expected);
        assert_eq!(count(store, &filter).await.unwrap(), 30);
    }
}

#[tokio::test]
async fn filters_show_what_they_name_and_nothing_of_another_organization() {
    for fixture in filled().await {
        let store = fixture.read_store.as_ref();
        let all = SyncRecordFilter::of(DEFAULT_ORGANIZATION);
        let some = SyncRecordFilter {
            status: vec![SyncStatus::Error, SyncStatus::Conflict],
            integration: Some(INTEGRATION.to_string()),
            config: Some(CONFIG.to_string()),
            realm: Some("9130".to_owned()),
            ..all.clone()
        };
        assert_eq!(count(store, &all).await.unwrap(), 30);
        assert_eq!(count(store, &some).await.unwrap(), 20);
        let named = SyncRecordFilter { display_name: Some("Customer c/004".to_owned()), ..all.clone() };
        let rows = list(store, &SyncErrorFilter(named), Page { limit: 10, ..Page::default() }).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0]["error_message"], "the name is taken");
        let external = SyncRecordFilter { remote_id: Some("27".to_owned()), ..all.clone() };
        assert_eq!(count(store, &EntityMappingFilter(external)).await.unwrap(), 1);
        let stranger = OrganizationId(Uuid::from_u128(9));
        assert_eq!(count(store, &SyncRecordFilter { organization: stranger, ..all }).await.unwrap(), 0);
        assert_eq!(count(store, &SyncRunFilter::of(stranger)).await.unwrap(), 0);
        let id = rows[0]["id"].as_str().unwrap();
        assert!(get(store, "v_sync_records", DEFAULT_ORGANIZATION, id).await.unwrap().is_some());
        assert!(get(store, "v_sync_records", stranger, id).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn runs_come_newest_first_or_the_other_way_round() {
    for fixture in filled().await {
        let filter = SyncRunFilter::of(DEFAULT_ORGANIZATION);
        let query = filter.page(Page { limit: 5, ..Page::default() });
        assert!(query.descending);
        assert!(!filter.page(Page { limit: 5, reversed: true, ..Page::default() }).descending);
        assert_eq!(fixture.read_store.query(&query).await.unwrap().len(), 1);
    }
}
