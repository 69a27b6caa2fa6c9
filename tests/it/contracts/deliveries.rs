//! The promises of deliveries to customers' endpoints, on every database.

use application::ports::deliveries::{Deliveries, Delivery, DeliveryState, Listed};
use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{DEFAULT_ORGANIZATION, WebhookEndpointId};
use infrastructure::deliveries::DatabaseDeliveries;
use uuid::Uuid;

use super::databases::databases;

const ENDPOINT: WebhookEndpointId = WebhookEndpointId(Uuid::from_u128(7));

fn at(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_262_400, 0).unwrap() + TimeDelta::minutes(minute)
}

fn delivery(position: u64, state: DeliveryState, minute: i64) -> Delivery {
    Delivery {
        organization: DEFAULT_ORGANIZATION,
        endpoint: ENDPOINT,
        position,
        event_type: "invoice.updated".to_owned(),
        state,
        attempts: 1,
        first_at: at(minute),
        last_at: at(minute),
        next_at: (state == DeliveryState::Retrying).then(|| at(minute + 5)),
        status: (state != DeliveryState::Retrying).then_some(200),
        error: (state == DeliveryState::Retrying).then(|| "it answered nothing".to_owned()),
    }
}

async fn all() -> Vec<DatabaseDeliveries> {
    databases().await.into_iter().map(DatabaseDeliveries::new).collect()
}

#[tokio::test]
async fn a_delivery_is_kept_as_it_stands() {
    for deliveries in all().await {
        let first = delivery(3, DeliveryState::Retrying, 0);
        deliveries.put(&first, at(-9)).await.unwrap();
        assert_eq!(deliveries.get(ENDPOINT, 3).await.unwrap(), Some(first));
        let second = delivery(3, DeliveryState::Delivered, 5);
        deliveries.put(&second, at(-9)).await.unwrap();
        assert_eq!(deliveries.get(ENDPOINT, 3).await.unwrap(), Some(second));
        assert_eq!(deliveries.get(ENDPOINT, 4).await.unwrap(), None);
    }
}

#[tokio::test]
async fn they_are_listed_newest_first_page_by_page_and_by_state() {
    for deliveries in all().await {
        for position in 1..=5 {
            let state = if position % 2 == 0 { DeliveryState::Failed } else { DeliveryState::Delivered };
            deliveries.put(&delivery(position, state, 0), at(-9)).await.unwrap();
        }
        let page = |state, before| Listed { state, before, limit: 2 };
        let positions = async |listed: &Listed| -> Vec<u64> {
            deliveries.list(ENDPOINT, listed).await.unwrap().iter().map(|one| one.position).collect()
        };
        assert_eq!(positions(&page(None, None)).await, [5, 4]);
        assert_eq!(positions(&page(None, Some(4))).await, [3, 2]);
        assert_eq!(positions(&page(Some(DeliveryState::Failed), None)).await, [4, 2]);
    }
}

#[tokio::test]
async fn an_endpoint_fails_since_the_first_failure_after_its_last_success() {
    for deliveries in all().await {
        assert_eq!(deliveries.failing_since(ENDPOINT).await.unwrap(), None);
        deliveries.put(&delivery(1, DeliveryState::Retrying, 0), at(-9)).await.unwrap();
        deliveries.put(&delivery(2, DeliveryState::Retrying, 3), at(-9)).await.unwrap();
        assert_eq!(deliveries.failing_since(ENDPOINT).await.unwrap(), Some(at(0)));
        deliveries.put(&delivery(2, DeliveryState::Delivered, 4), at(-9)).await.unwrap();
        assert_eq!(deliveries.failing_since(ENDPOINT).await.unwrap(), None);
        deliveries.put(&delivery(3, DeliveryState::Failed, 6), at(-9)).await.unwrap();
        assert_eq!(deliveries.failing_since(ENDPOINT).await.unwrap(), Some(at(6)));
    }
}

#[tokio::test]
async fn old_ones_are_forgotten() {
    for deliveries in all().await {
        deliveries.put(&delivery(1, DeliveryState::Delivered, 0), at(-9)).await.unwrap();
        deliveries.put(&delivery(2, DeliveryState::Delivered, 9), at(5)).await.unwrap();
        assert_eq!(deliveries.get(ENDPOINT, 1).await.unwrap(), None);
        assert!(deliveries.get(ENDPOINT, 2).await.unwrap().is_some());
    }
}
