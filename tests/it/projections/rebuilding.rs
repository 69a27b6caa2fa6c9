//! Rebuilding: the same rows again, beside those that are read meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use application::ports::read_store::{Row, RowChanges, Table};
use domain::event::Event;
use domain::metadata::Recorded;
use projections::as_of::as_of;
use projections::projection::{ErasedProjection, Plan, Poisoned};
use projections::rebuild::RebuildError;
use projections::runner::Runner;

use super::fixture::{Fixture, fixtures, folded};
use super::history::{records, setup};

async fn followed(fixture: &Fixture) -> Runner {
    let runner = fixture.runner("a");
    fixture.append(setup()).await;
    runner.catch_up().await.unwrap();
    for event in records(30) {
        fixture.append(vec![event]).await;
        runner.catch_up_once().await.unwrap();
    }
    runner.catch_up().await.unwrap();
    runner
}

#[tokio::test]
async fn a_rebuild_ends_at_the_rows_that_following_made() {
    for fixture in fixtures().await {
        let runner = followed(&fixture).await;
        let live = fixture.stored(&runner).await;
        let before: Vec<String> = runner.status().into_iter().map(|status| status.table).collect();
        let reported = AtomicU64::new(0);
        runner.rebuild(&[], &|progress| reported.store(progress.position, Ordering::Relaxed)).await.unwrap();
        runner.catch_up().await.unwrap();
        let after: Vec<String> = runner.status().into_iter().map(|status| status.table).collect();
        assert!(before.iter().zip(&after).all(|(before, after)| before != after), "{after:?}");
        assert_eq!(reported.into_inner(), runner.status()[0].head);
        assert_eq!(fixture.stored(&runner).await, live);
        assert!(live.values().all(|rows| !rows.is_empty()), "every projection has rows");
    }
}

#[tokio::test]
async fn a_rebuild_of_one_projection_leaves_the_others_alone_and_drops_the_old_table() {
    for fixture in fixtures().await {
        let runner = followed(&fixture).await;
        let live = fixture.shown("v_sync_records").await;
        let before = runner.status();
        runner.rebuild(&["sync_records"], &|_| {}).await.unwrap();
        runner.catch_up().await.unwrap();
        for (before, after) in before.iter().zip(runner.status()) {
            assert_eq!(before.table == after.table, before.name != "sync_records");
            assert_eq!((after.lag, after.live), (0, true));
        }
        assert_eq!(fixture.shown("v_sync_records").await, live);
        let old = before.iter().find(|status| status.name == "sync_records").unwrap();
        let read = fixture.read_store.count(&old.table, &[], 1).await;
        assert!(read.is_err(), "the old table is gone");
        let unknown = runner.rebuild(&["nothing"], &|_| {}).await;
        assert!(matches!(unknown, Err(RebuildError::Unknown { .. })));
    }
}

#[tokio::test]
async fn rows_as_of_a_position_are_those_that_were_there_then() {
    for fixture in fixtures().await {
        let runner = fixture.runner("a");
        fixture.append(setup()).await;
        let then = fixture.append(records(10)).await;
        runner.catch_up().await.unwrap();
        let live = fixture.stored(&runner).await;
        fixture.append(records(12).split_off(40)).await;
        let past = as_of(fixture.log.as_ref(), projections::all(), then).await.unwrap();
        assert_eq!(folded(past), live);
    }
}

/// A projection as the next program has it.
struct Next(Arc<dyn ErasedProjection>);

impl ErasedProjection for Next {
    fn table(&self) -> Table {
        let table = self.0.table();
        Table { version: table.version + 1, ..table }
    }

    fn plan(&self, page: &[Recorded<Event>]) -> Plan {
        self.0.plan(page)
    }

    fn fold(
        &self,
        page: &[Recorded<Event>],
        plan: Plan,
        stored: Vec<Option<Row>>,
    ) -> Result<RowChanges, Poisoned> {
        self.0.fold(page, plan, stored)
    }
}

#[tokio::test]
async fn a_new_version_is_filled_beside_the_old_one_and_shown_when_it_is_full() {
    for fixture in fixtures().await {
        let old = followed(&fixture).await;
        let live = fixture.shown("v_local_records").await;
        old.stop().await;
        let next: Vec<Arc<dyn ErasedProjection>> = projections::all()
            .into_iter()
            .map(|projection| match projection.table().name {
                "local_records" => Arc::new(Next(projection)) as Arc<dyn ErasedProjection>,
                _ => projection,
            })
            .collect();
        let new = Runner::new(fixture.ports(), "b", next).with_page(7);
        new.catch_up_once().await.unwrap();
        assert_eq!(new.status().iter().filter(|status| !status.live).count(), 1);
        assert_eq!(fixture.shown("v_local_records").await, live, "readers see the old rows until then");
        new.catch_up().await.unwrap();
        assert!(new.status().iter().all(|status| status.live && status.lag == 0));
        assert_eq!(fixture.shown("v_local_records").await, live);
        new.stop().await;
        old.catch_up_once().await.unwrap();
        let failed: Vec<_> = old.status().into_iter().filter(|status| status.failed.is_some()).collect();
        assert_eq!(failed.len(), 1, "an older program leaves a newer table alone");
        assert_eq!(failed[0].name, "local_records");
        assert_eq!(fixture.shown("v_local_records").await, live);
    }
}
