//! A running REST simulator, and its state within reach of a test.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use serde_json::Value;

use super::app::App;
use super::change::Change;
use super::config::RestConfig;
use super::http;
use super::layout::{Fields, Row};
use super::problem::Problem;
use crate::admin;
use crate::faults::Faults;
use crate::server::{Running, serve};

/// A REST simulator that is answering requests. Its methods act as a person inside the
/// provider would: without authorisation, faults, versions or counting, but with webhooks,
/// validation and search lag.
///
/// The methods that take the name of a collection panic when there is none of that name.
#[derive(Debug)]
pub struct RestSandbox {
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub base_url: String,
    /// The faults it shows; changes take effect with the next request.
    pub faults: Faults,
    app: Arc<App>,
    running: Running,
}

/// Generates the records and begins to answer requests.
///
/// Errors: the address cannot be bound, or no thread or HTTP client can be made.
pub async fn start(config: RestConfig) -> io::Result<RestSandbox> {
    let addr = config.addr;
    let app = Arc::new(App::new(config)?);
    let running = serve(http::router(&app), addr).await?;
    Ok(RestSandbox { base_url: running.base_url.clone(), faults: app.faults.clone(), app, running })
}

impl RestSandbox {
    /// The live records of a collection by id, as they are stored now: search lag hides nothing.
    pub fn records(&self, collection: &str) -> Vec<Value> {
        let records = self.app.read(collection).unwrap_or_else(|e| panic!("{e}"));
        let view = records.current();
        let rows = (1..=view.last_number()).filter_map(|number| view.get(number));
        rows.filter(|row| !row.deleted).map(|row| value(&row.body)).collect()
    }

    /// The live record with this id.
    pub fn get(&self, collection: &str, id: &str) -> Option<Value> {
        let records = self.app.read(collection).unwrap_or_else(|e| panic!("{e}"));
        records.live(id).map(|(_, row): (u32, &Row)| value(&row.body))
    }

    /// Creates a record and returns it. Errors: as the API refuses it.
    pub fn create(&self, collection: &str, record: Value) -> Result<Value, Problem> {
        let fields = fields(record)?;
        self.change(collection, Change::Create(fields))
    }

    /// Merges `patch` (RFC 7396) into a record and returns it. Errors: as the API refuses it.
    pub fn edit(&self, collection: &str, id: &str, patch: Value) -> Result<Value, Problem> {
        let (id, patch) = (id.to_owned(), fields(patch)?);
        let version = None;
        self.change(collection, Change::Patch { id, patch, version })
    }

    /// Deletes a record and returns its tombstone. Errors: 404.
    pub fn delete(&self, collection: &str, id: &str) -> Result<Value, Problem> {
        let (id, version) = (id.to_owned(), None);
        self.change(collection, Change::Delete { id, version })
    }

    /// What `GET /admin/stats` answers.
    pub fn stats(&self) -> Value {
        admin::stats_of(self.app.as_ref())
    }

    /// Sets the counts and the forced faults to nothing, as `POST /admin/reset`.
    pub fn reset(&self) {
        admin::reset_of(self.app.as_ref());
    }

    /// How often each business key was written over HTTP, by `collection/external_id`. A
    /// replayed answer is not a write.
    pub fn writes_per_key(&self) -> BTreeMap<String, u64> {
        self.app.counts().writes_per_key.clone()
    }

    /// How often each record was written over HTTP, by id.
    pub fn writes_per_record(&self) -> BTreeMap<String, u64> {
        self.app.counts().writes_per_record.clone()
    }

    /// Business keys that more than one live record carries now, as `collection/external_id`,
    /// with the ids of those records.
    pub fn duplicates(&self) -> BTreeMap<String, Vec<String>> {
        let mut found = BTreeMap::new();
        for name in self.app.names() {
            let records = self.app.read(name).unwrap_or_else(|e| panic!("{e}"));
            for (key, numbers) in records.current().duplicates() {
                let ids = numbers.iter().map(|number| records.layout.id(*number));
                found.insert(format!("{name}/{key}"), ids.collect());
            }
        }
        found
    }

    /// Stops answering at once; open connections are cut and the port is free on return.
    pub async fn stop(self) {
        self.running.stop().await;
    }

    /// Stops as [`RestSandbox::stop`], waits `outage`, and answers again on the same port with
    /// the same records, counts and faults. Errors: another program took the port meanwhile.
    pub async fn restart(self, outage: std::time::Duration) -> io::Result<Self> {
        let addr = self.running.addr;
        self.running.stop().await;
        tokio::time::sleep(outage).await;
        let running = serve(http::router(&self.app), Some(addr)).await?;
        Ok(Self { running, ..self })
    }

    fn change(&self, collection: &str, change: Change) -> Result<Value, Problem> {
        let committed = self.app.change(collection, change)?;
        Ok(value(&committed.body))
    }
}

fn value(body: &[u8]) -> Value {
    serde_json::from_slice(body).expect("rows hold JSON objects")
}

fn fields(record: Value) -> Result<Fields, Problem> {
    match record {
        Value::Object(fields) => Ok(fields),
        _ => Err(Problem::bad_request("body", "a record is a JSON object")),
    }
}
