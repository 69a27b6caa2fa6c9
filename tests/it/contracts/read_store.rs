//! The promises of the read store, on every database.

use std::time::Duration;

use application::ports::checkpoints::{Checkpoint, Checkpoints, SaveError};
use application::ports::read_store::{
    Cell, Column, ColumnType, Condition, Query, ReadStore, Row, RowChanges, Table,
};
use chrono::{DateTime, Utc};
use infrastructure::checkpoints::DatabaseCheckpoints;
use infrastructure::database::Database;
use infrastructure::read_store::DatabaseReadStore;
use serde_json::{Value, json};

use super::databases::databases;

const NAME: &str = "things";

const fn column(name: &'static str, kind: ColumnType) -> Column {
    Column { name, kind, doc: "What it's for" }
}

const COLUMNS: &[Column] = &[
    column("id", ColumnType::Text),
    column("count", ColumnType::Integer),
    column("active", ColumnType::Boolean),
    column("at", ColumnType::Time),
    column("amount", ColumnType::Decimal),
    column("order", ColumnType::Json),
];
const THINGS: Table =
    Table { name: "things", version: 1, columns: COLUMNS, indexes: &[&["at"], &["count", "active"]] };

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp_micros(1_795_262_400_000_001).unwrap()
}

fn row(id: &str, number: i64) -> Row {
    vec![
        Cell::Text(id.into()),
        Cell::Integer(number),
        Cell::Boolean(number % 2 == 0),
        Cell::Time(noon() + Duration::from_secs(number.unsigned_abs())),
        Cell::Text(format!("{number}.10")),
        Cell::Json(json!({"n": number, "text": "it's \"quoted\" é"})),
    ]
}

fn empty(id: &str) -> Row {
    vec![Cell::Text(id.into()), Cell::Null, Cell::Null, Cell::Null, Cell::Null, Cell::Null]
}

struct Store {
    database: Database,
    reads: DatabaseReadStore,
    checkpoints: DatabaseCheckpoints,
}

impl Store {
    fn new(database: Database) -> Self {
        let (reads, checkpoints) =
            (DatabaseReadStore::new(database.clone()), DatabaseCheckpoints::new(database.clone()));
        Self { database, reads, checkpoints }
    }

    async fn here(&self) -> Checkpoint {
        let held = self.checkpoints.lease(NAME, "us", noon(), noon() + Duration::from_mins(1)).await;
        held.unwrap().unwrap()
    }

    async fn write(&self, table: &Table, rows: Vec<(String, Option<Row>)>) {
        let here = self.here().await;
        let changes = vec![(table.clone(), RowChanges { rows })];
        self.reads.write(NAME, here, here.position + 1, changes).await.unwrap();
    }

    /// A store with `count` rows in table and view.
    async fn filled(database: Database, count: i64) -> Self {
        let store = Self::new(database);
        store.reads.prepare(&THINGS, false).await.unwrap();
        let rows = (0..count).map(|n| (format!("{n:03}"), Some(row(&format!("{n:03}"), n)))).collect();
        store.write(&THINGS, rows).await;
        store.publish(&THINGS).await;
        store
    }

    async fn publish(&self, table: &Table) {
        let sql = format!("SELECT t.*, t.count + 1 AS next FROM {} t", table.physical());
        self.reads.publish(std::slice::from_ref(table), &[("v_things".to_owned(), sql)]).await.unwrap();
    }

    async fn tables(&self) -> Vec<String> {
        let sql = if self.database.is_postgres() {
            "SELECT tablename::text FROM pg_tables WHERE tablename LIKE 'things%' ORDER BY 1"
        } else {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'things%' ORDER BY 1"
        };
        let rows = self.database.query(sql, Vec::new()).await.unwrap();
        rows.iter().map(|row| row.text(0).unwrap().to_owned()).collect()
    }

    async fn ids(&self, query: &Query) -> Vec<String> {
        let rows = self.reads.query(query).await.unwrap();
        rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    }

    async fn where_(&self, condition: Condition) -> Vec<String> {
        self.ids(&Query { conditions: vec![condition], ..by("id") }).await
    }
}

fn by(order: &'static str) -> Query {
    Query {
        from: "v_things".to_owned(),
        conditions: Vec::new(),
        order,
        descending: false,
        after: None,
        limit: 100,
    }
}

fn keys(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

#[tokio::test]
async fn rows_come_back_as_they_were_written_in_the_order_asked() {
    for database in databases().await {
        let store = Store::new(database);
        store.reads.prepare(&THINGS, true).await.unwrap();
        store.reads.prepare(&THINGS, false).await.unwrap();
        let written = vec![("a".to_owned(), Some(row("a", 7))), ("b".to_owned(), Some(empty("b")))];
        store.write(&THINGS, written).await;
        let found = store.reads.rows(&THINGS, &keys(&["b", "missing", "a", "b"])).await.unwrap();
        assert_eq!(found, [Some(empty("b")), None, Some(row("a", 7)), Some(empty("b"))]);
        assert!(store.reads.rows(&THINGS, &[]).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_page_replaces_and_deletes_and_moves_the_checkpoint() {
    for database in databases().await {
        let store = Store::filled(database, 3).await;
        let position = store.here().await.position;
        store.write(&THINGS, vec![("000".to_owned(), None), ("001".to_owned(), Some(row("001", 9)))]).await;
        let found = store.reads.rows(&THINGS, &keys(&["000", "001", "002"])).await.unwrap();
        assert_eq!(found, [None, Some(row("001", 9)), Some(row("002", 2))]);
        assert_eq!(store.here().await.position, position + 1);
    }
}

#[tokio::test]
async fn a_fenced_or_failing_page_writes_nothing() {
    for database in databases().await {
        let store = Store::filled(database, 1).await;
        let here = store.here().await;
        let page = |row: Row| vec![(THINGS, RowChanges { rows: vec![("new".to_owned(), Some(row))] })];
        let stale = Checkpoint { position: here.position + 1, ..here };
        let fenced = store.reads.write(NAME, stale, 9, page(row("new", 1))).await.unwrap_err();
        assert!(matches!(fenced, SaveError::Fenced { .. }), "{fenced}");
        let old = Checkpoint { epoch: here.epoch + 1, ..here };
        assert!(store.reads.write(NAME, old, 9, page(row("new", 1))).await.is_err());
        let mut short = row("new", 1);
        short.pop();
        let failing = store.reads.write(NAME, here, 9, page(short)).await.unwrap_err();
        assert!(matches!(failing, SaveError::Unavailable(_)), "{failing}");
        assert_eq!(store.reads.rows(&THINGS, &keys(&["new"])).await.unwrap(), [None]);
        assert_eq!(store.here().await, here);
    }
}

#[tokio::test]
async fn a_view_shows_times_decimals_and_json_the_same_way_on_every_database() {
    for database in databases().await {
        let store = Store::filled(database, 3).await;
        let rows = store.reads.query(&by("id")).await.unwrap();
        let expected = json!({
            "id": "002", "count": 2, "active": true, "at": "2026-11-21T12:00:02.000001Z", "amount": "2.10",
            "order": {"n": 2, "text": "it's \"quoted\" é"}, "next": 3,
        });
        assert_eq!(rows[2], expected);
        store.write(&THINGS, vec![("003".to_owned(), Some(empty("003")))]).await;
        let empty = store.reads.query(&Query { descending: true, limit: 1, ..by("id") }).await.unwrap();
        assert_eq!(empty[0]["amount"], Value::Null);
    }
}

#[tokio::test]
async fn pages_follow_one_another_without_gap_or_repetition_in_both_directions() {
    for database in databases().await {
        let store = Store::filled(database, 0).await;
        // Ten rows share each time, so that the key decides among them.
        let rows = (0..50_i64).map(|n| {
            let (id, mut row) = (format!("{:03}", (n * 37) % 50), row("", n / 10));
            row[0] = Cell::Text(id.clone());
            (id, Some(row))
        });
        store.write(&THINGS, rows.collect()).await;
        for (order, descending) in [("at", false), ("at", true), ("amount", false), ("count", true)] {
            let whole = store.ids(&Query { descending, ..by(order) }).await;
            let mut paged = Vec::new();
            let mut after = None;
            loop {
                let page = Query { descending, after, limit: 7, ..by(order) };
                let rows = store.reads.query(&page).await.unwrap();
                let Some(last) = rows.last() else { break };
                paged.extend(rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()));
                after = Some((place(&last[order]), last["id"].as_str().unwrap().to_owned()));
            }
            assert_eq!(paged, whole, "{order}");
            assert_eq!(paged.len(), 50);
        }
    }
}

fn place(value: &Value) -> Cell {
    match value {
        Value::Number(number) => Cell::Integer(number.as_i64().unwrap()),
        Value::String(text) => match DateTime::parse_from_rfc3339(text) {
            Ok(time) => Cell::Time(time.to_utc()),
            Err(_) => Cell::Text(text.clone()),
        },
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn conditions_select_by_every_type_and_decimals_as_numbers() {
    for database in databases().await {
        let store = Store::filled(database, 12).await;
        store.write(&THINGS, vec![("zzz".to_owned(), Some(empty("zzz")))]).await;
        let at = |seconds| Cell::Time(noon() + Duration::from_secs(seconds));
        let text = |text: &str| Cell::Text(text.into());
        assert_eq!(store.where_(Condition::Is("count", Cell::Integer(3))).await, ["003"]);
        assert_eq!(store.where_(Condition::Is("count", Cell::Null)).await, ["zzz"]);
        assert_eq!(store.where_(Condition::Is("active", Cell::Boolean(true))).await.len(), 6);
        assert_eq!(store.where_(Condition::Is("amount", text("3.1"))).await, ["003"]);
        assert_eq!(store.where_(Condition::After("amount", text("9.5"))).await, ["010", "011"]);
        assert_eq!(store.where_(Condition::After("at", at(9))).await, ["010", "011"]);
        assert_eq!(store.where_(Condition::Before("at", at(1))).await, ["000"]);
        assert_eq!(store.where_(Condition::In("id", vec![text("001"), text("x")])).await, ["001"]);
        let numbers = Condition::In("count", vec![Cell::Integer(1), Cell::Integer(2)]);
        assert_eq!(store.where_(numbers).await, ["001", "002"]);
        assert!(store.where_(Condition::In("id", Vec::new())).await.is_empty());
        let injection = text("' OR 1 = 1 --");
        assert!(store.where_(Condition::Is("id", injection)).await.is_empty());
        let both =
            vec![Condition::After("count", Cell::Integer(3)), Condition::Is("active", Cell::Boolean(false))];
        assert_eq!(store.reads.count("v_things", &both, 100).await.unwrap(), 4);
        assert_eq!(store.reads.count("v_things", &[], 5).await.unwrap(), 5);
    }
}

#[tokio::test]
async fn unknown_views_and_columns_are_refused() {
    for database in databases().await {
        let store = Store::filled(database, 1).await;
        let unknown = store.reads.query(&Query { from: "v_\"nothing".to_owned(), ..by("id") }).await;
        assert!(unknown.unwrap_err().to_string().contains("there is no view"));
        let unknown = store.reads.query(&by("id\" --")).await;
        assert!(unknown.unwrap_err().to_string().contains("has no column"));
    }
}

#[tokio::test]
async fn publishing_swaps_the_views_to_the_new_tables_and_drops_the_older_ones() {
    const WIDER: &[Column] = &[column("id", ColumnType::Text), column("colour", ColumnType::Text)];
    let second = Table { version: 2, columns: WIDER, indexes: &[&["colour"]], ..THINGS };
    let third = Table { version: 3, ..THINGS };
    for database in databases().await {
        let store = Store::filled(database, 2).await;
        let stranger = DatabaseReadStore::new(store.database.clone());
        assert_eq!(stranger.query(&by("id")).await.unwrap().len(), 2);
        store.reads.prepare(&third, true).await.unwrap();
        store.reads.prepare(&second, true).await.unwrap();
        store
            .write(
                &second,
                vec![("a".to_owned(), Some(vec![Cell::Text("a".into()), Cell::Text("red".into())]))],
            )
            .await;
        assert_eq!(store.ids(&by("id")).await, ["000", "001"], "the view still reads the old table");
        // An older program's view that nobody publishes any more, and one that reads another view.
        let views = [("v_old", "SELECT id FROM things_1"), ("v_above", "SELECT id FROM v_things")];
        for (name, sql) in views {
            let sql = format!("CREATE VIEW {name} AS {sql}");
            store.database.write_query(&sql, Vec::new()).await.unwrap();
        }
        let views = [
            ("v_things".to_owned(), "SELECT id, colour FROM things_2".to_owned()),
            ("v_above".to_owned(), "SELECT id FROM v_things".to_owned()),
        ];
        store.reads.publish(std::slice::from_ref(&second), &views).await.unwrap();
        let rows = store.reads.query(&by("colour")).await.unwrap();
        assert_eq!(rows, [json!({"id": "a", "colour": "red"})]);
        assert_eq!(stranger.query(&by("id")).await.unwrap(), rows, "another process sees the new columns");
        assert!(store.reads.query(&Query { from: "v_old".to_owned(), ..by("id") }).await.is_err());
        assert_eq!(store.tables().await, ["things_2", "things_3"], "a newer version is being filled");
        store.reads.publish(std::slice::from_ref(&second), &views).await.unwrap();
    }
}

#[tokio::test]
async fn ten_thousand_rows_go_in_one_page() {
    for database in databases().await {
        let store = Store::filled(database, 0).await;
        let page = |add: i64| {
            (0..10_000).map(|n| (format!("{n:05}"), Some(row(&format!("{n:05}"), n + add)))).collect()
        };
        store.write(&THINGS, page(0)).await;
        store.write(&THINGS, page(1)).await;
        let all: Vec<String> = (0..10_000).map(|n| format!("{n:05}")).collect();
        let rows = store.reads.rows(&THINGS, &all).await.unwrap();
        assert_eq!(rows[9_999], Some(row("09999", 10_000)));
        assert_eq!(store.reads.count("v_things", &[], u64::from(u32::MAX)).await.unwrap(), 10_000);
    }
}
