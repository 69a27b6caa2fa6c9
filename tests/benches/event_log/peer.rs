//! `CqrsFramework` over `postgres_es`: the same aggregate and payload.

use std::sync::Arc;

use cqrs_es::CqrsFramework;
use cqrs_es::persist::PersistedEventStore;
use domain::local_record::{LocalRecord, LocalRecordCommand, PutRecord, Source};
use futures::future::join_all;
use infrastructure::database::Database;
use infrastructure::event_log::cqrs::{Cqrs, Named};
use postgres_es::PostgresEventRepository;
use sqlx::postgres::PgPoolOptions;

/// Connections at most, without the ping before each use; ours has as many.
pub(crate) const CONNECTIONS: u32 = 32;

type Framework =
    CqrsFramework<Cqrs<LocalRecord>, PersistedEventStore<PostgresEventRepository, Cqrs<LocalRecord>>>;

pub(crate) struct Peer(Arc<Framework>);

impl Peer {
    /// A fresh database with the same table.
    pub(crate) async fn open() -> Self {
        let url = tests::postgres::fresh_database().await.expect("there is a server");
        let database = Database::open(&url).await.expect("the database opens");
        database.migrate().await.expect("the migrations apply");
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).test_before_acquire(false).connect(&url);
        let repository = PostgresEventRepository::new(pool.await.expect("the database opens"));
        let store = PersistedEventStore::new_event_store(repository).with_upcasters(vec![Box::new(Named)]);
        Self(Arc::new(CqrsFramework::new(store, Vec::new(), ())))
    }

    pub(crate) async fn commands(&self, callers: usize, commands: usize, round: usize) {
        let calls = (0..callers).map(|caller| {
            let framework = Arc::clone(&self.0);
            tokio::spawn(async move {
                for number in 0..commands {
                    let put = LocalRecordCommand::Put(PutRecord::new(super::ours::fields(), Source::Client));
                    let id = format!("{round}-{caller}-{number:06}");
                    framework.execute(&id, put).await.expect("every stream is new");
                }
            })
        });
        for done in join_all(calls).await {
            done.expect("no caller fails");
        }
    }
}
