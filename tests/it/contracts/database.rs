//! The thin layer over both databases: one SQL text, the same answers.

use chrono::{DateTime, Utc};
use infrastructure::database::{Database, Param, Statement, WriteError};

use super::databases::databases;

const TABLE: &str =
    "CREATE TABLE things (id text PRIMARY KEY, count bigint, active boolean, raw bytea, body json, at ";
const INSERT: &str = "INSERT INTO things (id, count, active, raw, body, at) VALUES ($1, $2, $3, $4, $5, $6)";

async fn with_table() -> Vec<Database> {
    let databases = databases().await;
    for database in &databases {
        let time = if database.is_postgres() { "timestamptz)" } else { "text)" };
        database.write(vec![Statement::new(format!("{TABLE}{time}"), Vec::new())]).await.unwrap();
    }
    databases
}

fn at() -> DateTime<Utc> {
    DateTime::from_timestamp_micros(1_795_262_400_123_456).unwrap()
}

fn text(text: &str) -> Param {
    Param::Text(text.into())
}

fn full(id: &str) -> Statement {
    let body = Param::Json(r#"{"b":1.50,"a":2}"#.into());
    let params =
        vec![text(id), Param::Int(7), Param::Bool(true), Param::Bytes(vec![0, 255]), body, Param::Time(at())];
    Statement::new(INSERT, params)
}

fn empty(id: &str) -> Statement {
    let nothing = std::iter::repeat_n(Param::Null, 5);
    Statement::new(INSERT, [text(id)].into_iter().chain(nothing).collect())
}

#[tokio::test]
async fn every_type_comes_back_as_it_went_in_and_nothing_fits_every_column() {
    for database in with_table().await {
        // The empty row first: its types are inferred, and later rows use the same prepared statement.
        let touched = database.write(vec![empty("none"), full("all")]).await.unwrap();
        assert_eq!(touched, [1, 1]);
        let sql = "SELECT id, count, active, raw, body, at FROM things ORDER BY id";
        let rows = database.query(sql, Vec::new()).await.unwrap();
        let (all, none) = (&rows[0], &rows[1]);
        assert_eq!((all.text(0).unwrap(), all.i64(1).unwrap(), all.bool(2).unwrap()), ("all", 7, true));
        assert_eq!((all.bytes(3).unwrap(), all.time(5).unwrap()), (&[0, 255][..], at()));
        assert_eq!(all.text(4).unwrap(), r#"{"b":1.50,"a":2}"#, "JSON keeps its spelling");
        assert_eq!(
            (none.opt_i64(1).unwrap(), none.opt_bytes(3).unwrap(), none.opt_time(5).unwrap()),
            (None, None, None)
        );
        assert!(none.i64(1).is_err() && none.text(4).is_err());
        let sql = "SELECT id FROM things WHERE at = $1 AND count = $2";
        assert_eq!(database.query(sql, vec![Param::Time(at()), Param::Int(7)]).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_guard_or_a_taken_key_undoes_the_transaction_and_says_which_statement() {
    for database in with_table().await {
        database.write(vec![full("there")]).await.unwrap();
        let miss =
            Statement::new("UPDATE things SET count = 1 WHERE id = $1", vec![text("absent")]).expecting(1);
        let refused = database.write(vec![full("new"), miss]).await.unwrap_err();
        assert!(matches!(refused, WriteError::Guard { statement: 1 }), "{refused}");
        let taken = database.write(vec![full("new"), full("there").expecting(1)]).await.unwrap_err();
        assert!(matches!(taken, WriteError::Guard { statement: 1 }), "{taken}");
        let unguarded = database.write(vec![full("there")]).await.unwrap_err();
        assert!(matches!(unguarded, WriteError::Unavailable(_)), "{unguarded}");
        let count = database.query("SELECT count(*) FROM things", Vec::new()).await.unwrap();
        assert_eq!(count[0].i64(0).unwrap(), 1);
    }
}

#[tokio::test]
async fn lists_select_their_members() {
    for database in with_table().await {
        database.write(vec![full("one"), full("two"), empty("three")]).await.unwrap();
        let sql = format!("SELECT id FROM things WHERE {} ORDER BY id", database.any_of("id", "$1"));
        let ids = Param::TextArray(vec!["two".into(), "one".into(), "none".into()]);
        let rows = database.query(&sql, vec![ids]).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.text(0).unwrap()).collect::<Vec<_>>(), ["one", "two"]);
        let sql = format!("SELECT id FROM things WHERE {}", database.any_of("count", "$1"));
        assert_eq!(database.query(&sql, vec![Param::IntArray(vec![7, 8])]).await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn one_statement_may_write_and_answer() {
    for database in with_table().await {
        let sql = "INSERT INTO things (id, count) VALUES ($1, $2) RETURNING count + 1";
        assert_eq!(
            database.write_query(sql, vec![text("a"), Param::Int(4)]).await.unwrap()[0].i64(0).unwrap(),
            5
        );
    }
}

#[tokio::test]
async fn processes_that_migrate_at_once_migrate_once() {
    for database in databases().await {
        let again = futures::future::join_all((0..4).map(|_| database.migrate())).await;
        assert!(again.iter().all(Result::is_ok), "{again:?}");
        let sql = "SELECT name FROM schema_migrations ORDER BY name";
        let names = database.query(sql, Vec::new()).await.unwrap();
        assert_eq!(names[0].text(0).unwrap(), "0001_event_log");
    }
}
