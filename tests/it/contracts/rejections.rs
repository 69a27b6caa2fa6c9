//! The promises of the record of rejected webhooks, on every database.

use std::time::Duration;

use application::ports::rejections::{Rejected, RejectionLog};
use chrono::{DateTime, Utc};
use infrastructure::webhook_rejections::DatabaseRejections;

use super::databases::databases;

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_262_400, 0).unwrap()
}

fn rejected(reason: &'static str, size: usize) -> Rejected {
    Rejected { provider: "xero".into(), reason, size, at: noon() + Duration::from_millis(size as u64) }
}

#[tokio::test]
async fn rejections_are_counted_by_reason_and_outlive_the_process() {
    for database in databases().await {
        let log = DatabaseRejections::new(database.clone());
        for size in 0..5 {
            log.note(rejected("webhook_signature_wrong", size)).await;
        }
        log.note(rejected("webhook_replayed", 9)).await;
        let shown = log.shown(2).await.unwrap();
        assert_eq!(shown.counts["webhook_signature_wrong"], 5);
        assert_eq!(shown.counts["webhook_replayed"], 1);
        let last: Vec<(&str, u64)> =
            shown.last.iter().map(|(_, reason, size, _)| (reason.as_str(), *size)).collect();
        assert_eq!(last, [("webhook_replayed", 9), ("webhook_signature_wrong", 4)]);
        let again = DatabaseRejections::new(database);
        again.note(rejected("webhook_replayed", 10)).await;
        assert_eq!(again.shown(1).await.unwrap().counts["webhook_replayed"], 2);
    }
}

#[tokio::test]
async fn a_flood_fills_neither_table() {
    for database in databases().await {
        let log = DatabaseRejections::new(database.clone());
        for size in 0..3_000 {
            log.note(rejected("webhook_signature_missing", size)).await;
        }
        let shown = log.shown(5_000).await.unwrap();
        assert_eq!((shown.counts["webhook_signature_missing"], shown.last.len()), (3_000, 1_000));
        let rows = database.query("SELECT count(*) FROM webhook_rejections", Vec::new()).await.unwrap();
        assert_eq!(rows[0].i64(0).unwrap(), 1_000);
    }
}
