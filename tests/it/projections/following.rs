//! Following the log: nothing lost, nothing doubled, whoever fails when.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use application::ports::Unavailable;
use application::ports::checkpoints::{Checkpoint, SaveError};
use application::ports::event_log::EventLog as _;
use application::ports::read_store::{Condition, Query, ReadStore, Row, RowChanges, Table};
use chrono::TimeDelta;
use domain::event::Event;
use domain::stream::{Kind, StreamId};
use futures::FutureExt as _;
use futures::channel::oneshot;
use projections::as_of::as_of;
use projections::runner::{Ports, Runner};
use serde_json::Value;

use super::fixture::{Fixture, fixtures, folded};
use super::history::{put, record_stream, records, setup};

/// A read store that fails at every third write: in turns before it, and after it when only the answer is lost.
struct Failing {
    inner: Arc<dyn ReadStore>,
    writes: AtomicUsize,
}

#[async_trait::async_trait]
impl ReadStore for Failing {
    async fn prepare(&self, table: &Table, bare: bool) -> Result<(), Unavailable> {
        self.inner.prepare(table, bare).await
    }

    async fn publish(&self, tables: &[Table], views: &[(String, String)]) -> Result<(), Unavailable> {
        self.inner.publish(tables, views).await
    }

    async fn rows(&self, table: &Table, keys: &[String]) -> Result<Vec<Option<Row>>, Unavailable> {
        self.inner.rows(table, keys).await
    }

    async fn write(
        &self,
        name: &str,
        from: Checkpoint,
        to: u64,
        changes: Vec<(Table, RowChanges)>,
    ) -> Result<(), SaveError> {
        let number = self.writes.fetch_add(1, Ordering::Relaxed);
        if number % 6 == 2 {
            return Err(Unavailable::new("read store", "gone before the write").into());
        }
        self.inner.write(name, from, to, changes).await?;
        if number % 6 == 5 {
            return Err(Unavailable::new("read store", "gone before the answer").into());
        }
        Ok(())
    }

    async fn query(&self, query: &Query) -> Result<Vec<Value>, Unavailable> {
        self.inner.query(query).await
    }

    async fn count(&self, from: &str, conditions: &[Condition], cap: u64) -> Result<u64, Unavailable> {
        self.inner.count(from, conditions, cap).await
    }
}

#[tokio::test]
async fn a_store_that_fails_before_or_after_a_write_loses_nothing_and_doubles_nothing() {
    for fixture in fixtures().await {
        fixture.append(setup()).await;
        let head = fixture.append(records(30)).await;
        let failing = Arc::new(Failing { inner: fixture.read_store.clone(), writes: AtomicUsize::new(0) });
        let ports = Ports { read_store: failing, ..fixture.ports() };
        let runner = Runner::new(ports, "a", projections::all()).with_page(7);
        let mut failures = 0;
        loop {
            match runner.catch_up_once().await {
                Ok(true) => {}
                Ok(false) => break,
                Err(_) => failures += 1,
            }
        }
        assert!(failures > 10, "{failures} failures tell nothing");
        let expected = as_of(fixture.log.as_ref(), projections::all(), head).await.unwrap();
        assert_eq!(fixture.stored(&runner).await, folded(expected));
        assert!(runner.status().iter().all(|status| status.lag == 0 && status.position == head));
    }
}

#[tokio::test]
async fn another_process_takes_over_when_the_lease_ends_and_the_first_one_follows() {
    for fixture in fixtures().await {
        fixture.append(setup()).await;
        let (first, second) = (fixture.runner("first"), fixture.runner("second"));
        first.catch_up().await.unwrap();
        let head = fixture.append(records(12)).await;
        first.catch_up_once().await.unwrap();
        second.catch_up_once().await.unwrap();
        assert!(second.status().iter().all(|status| !status.leading), "the first one's lease still holds");
        fixture.clock.advance(Duration::from_mins(1));
        second.catch_up().await.unwrap();
        first.catch_up().await.unwrap();
        assert!(second.status().iter().all(|status| status.leading && status.position == head));
        assert!(first.status().iter().all(|status| !status.leading));
        let expected = as_of(fixture.log.as_ref(), projections::all(), head).await.unwrap();
        assert_eq!(fixture.stored(&second).await, folded(expected));
    }
}

#[tokio::test]
async fn a_stopped_process_gives_its_leases_back_with_its_positions() {
    for fixture in fixtures().await {
        let head = fixture.append(setup()).await;
        let first = fixture.runner("first");
        first.catch_up().await.unwrap();
        first.stop().await;
        let second = fixture.runner("second");
        assert!(!second.catch_up_once().await.unwrap(), "nothing is left to fold");
        assert!(second.status().iter().all(|status| status.leading && status.position == head));
    }
}

#[tokio::test]
async fn a_running_process_follows_and_readers_see_what_they_waited_for() {
    for fixture in fixtures().await {
        let runner = Arc::new(fixture.runner("a"));
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn({
            let runner = Arc::clone(&runner);
            async move { runner.run(stopped.map(drop)).await }
        });
        fixture.append(setup()).await;
        let head = fixture.append(records(9)).await;
        // The clock stands still, so nothing but the projections can end these waits.
        let deadline = fixture.log.read_all(head - 1, 1).await.unwrap()[0].recorded_at + TimeDelta::hours(1);
        let waited = runner.wait_for(&["local_records", "sync_runs"], head, deadline);
        assert!(tokio::time::timeout(Duration::from_secs(30), waited).await.unwrap().unwrap());
        assert_eq!(fixture.shown("v_local_records").await.len(), 9);
        assert!(runner.wait_for(&[], head, deadline).await.unwrap());
        assert!(runner.status().iter().all(|status| status.lag == 0));
        // A reader in another process looks at the checkpoints; one that must not wait is told so.
        let reader = fixture.runner("reader");
        assert!(reader.wait_for(&["local_records"], 1, deadline).await.unwrap());
        assert!(!reader.wait_for(&["local_records"], head + 1_000, Fixture::start()).await.unwrap());
        let seen = reader.look().await.unwrap();
        assert_eq!(seen.len(), projections::all().len());
        assert!(seen.iter().all(|status| status.live && !status.leading && status.head == head));
        stop.send(()).unwrap();
        tokio::time::timeout(Duration::from_secs(30), running).await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn an_event_that_cannot_be_folded_stops_its_projection_there_and_no_other() {
    for fixture in fixtures().await {
        fixture.append(setup()).await;
        let [odd, _] = put("odd", 1);
        let stream = StreamId { kind: Kind::LocalRecord, id: "no-parts".to_owned() };
        let [before, _] = put("before", 2);
        let [after, _] = put("after", 3);
        let events = vec![
            (record_stream("before"), Event::from(before)),
            (stream, Event::from(odd)),
            (record_stream("after"), Event::from(after)),
        ];
        let head = fixture.append(events).await;
        let runner = fixture.runner("a");
        runner.catch_up().await.unwrap();
        for status in runner.status() {
            let failed = status.name == "local_records";
            assert_eq!(status.failed.is_some(), failed, "{status:?}");
            assert_eq!(status.lag == 0, !failed, "{status:?}");
            assert_eq!(status.position, if failed { head - 2 } else { head });
            assert!(status.failed.is_none_or(|why| why.contains("no-parts")));
        }
        assert_eq!(fixture.shown("v_local_records").await.len(), 1);
    }
}
