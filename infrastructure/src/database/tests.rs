use chrono::{DateTime, TimeZone, Utc};

use super::{Backend, Database, Statement, WriteError, params};

async fn database() -> Database {
    let database = Database::open("sqlite::memory:").await.unwrap();
    let sql = "CREATE TABLE things (id TEXT PRIMARY KEY, count INTEGER, at TEXT, raw BLOB)";
    database.write(vec![Statement::new(sql, Vec::new())]).await.unwrap();
    database
}

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 21, 12, 0, 0).unwrap()
}

#[tokio::test]
async fn values_come_back_as_they_went_in_whatever_the_order_of_placeholders() {
    let database = database().await;
    let sql = "INSERT INTO things (count, id, at, raw) VALUES ($2, $1, $3, $4)";
    database.write(vec![Statement::new(sql, params!["one", 7_u64, noon(), vec![1_u8, 2]])]).await.unwrap();
    let rows =
        database.query("SELECT id, count, at, raw FROM things WHERE at = $1", params![noon()]).await.unwrap();
    assert_eq!(rows[0].text(0).unwrap(), "one");
    assert_eq!(rows[0].u64(1).unwrap(), 7);
    assert_eq!(rows[0].time(2).unwrap(), noon());
    assert_eq!(rows[0].bytes(3).unwrap(), [1, 2]);
    let wrong = rows[0].i64(0).unwrap_err().to_string();
    assert!(wrong.contains("column 0") && !wrong.contains("one"), "{wrong}");
}

#[tokio::test]
async fn a_guard_that_finds_nothing_undoes_the_whole_transaction() {
    let database = database().await;
    let insert = |id: &str| Statement::new("INSERT INTO things (id) VALUES ($1)", params![id]).expecting(1);
    let guard = Statement::new("UPDATE things SET count = 1 WHERE id = $1", params!["absent"]).expecting(1);
    let refused = database.write(vec![insert("one"), guard]).await.unwrap_err();
    assert!(matches!(refused, WriteError::Guard { statement: 1 }), "{refused}");
    let taken = database.write(vec![insert("two"), insert("two")]).await.unwrap_err();
    assert!(matches!(taken, WriteError::Guard { statement: 1 }), "{taken}");
    assert!(database.query("SELECT id FROM things", Vec::new()).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_that_go_together_fail_alone() {
    let database = database().await;
    let Backend::Sqlite(sqlite) = database.backend() else { panic!("opened as SQLite") };
    // The writer is busy until all of them wait: they have one transaction then.
    let (go, wait) = std::sync::mpsc::channel();
    let busy = sqlite.append(move |_| {
        wait.recv().unwrap();
        Ok(())
    });
    let insert = |id: &str| Statement::new("INSERT INTO things (id) VALUES ($1)", params![id]);
    let guard = Statement::new("UPDATE things SET count = 1 WHERE id = $1", params!["absent"]).expecting(1);
    let writes = async {
        let (one, none, wrong, two, row) = futures::join!(
            database.write(vec![insert("one")]),
            database.write(vec![insert("undone"), guard]),
            database.write(vec![insert("undone too"), Statement::new("INSERT INTO nothing", Vec::new())]),
            database.write(vec![insert("two"), insert("three")]),
            database.write_query("UPDATE things SET count = 7 RETURNING id", Vec::new()),
        );
        assert_eq!((one.unwrap(), two.unwrap()), (vec![1], vec![1, 1]));
        assert!(matches!(none, Err(WriteError::Guard { statement: 1 })), "{none:?}");
        assert!(matches!(wrong, Err(WriteError::Unavailable(_))), "{wrong:?}");
        assert_eq!(row.unwrap().len(), 3, "it sees those before it");
    };
    let release = async {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        go.send(()).unwrap();
    };
    let (done, (), ()) = futures::join!(busy, writes, release);
    done.unwrap();
    let rows = database.query("SELECT id FROM things ORDER BY id", Vec::new()).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.text(0).unwrap()).collect::<Vec<_>>(), ["one", "three", "two"]);
}

#[tokio::test]
async fn a_list_parameter_selects_its_members() {
    let database = database().await;
    for id in ["one", "two", "three"] {
        let statement = Statement::new("INSERT INTO things (id) VALUES ($1)", params![id]);
        assert_eq!(database.write(vec![statement]).await.unwrap(), [1]);
    }
    let sql = format!("SELECT id FROM things WHERE {} ORDER BY id", database.any_of("id", "$1"));
    let rows = database.query(&sql, params![vec!["two".to_owned(), "one".to_owned()]]).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.text(0).unwrap()).collect::<Vec<_>>(), ["one", "two"]);
}

#[tokio::test]
async fn a_returning_statement_hands_its_rows_over() {
    let database = database().await;
    let sql = "INSERT INTO things (id, count) VALUES ($1, $2) RETURNING count";
    let rows = database.write_query(sql, params!["one", 3_i64]).await.unwrap();
    assert_eq!(rows[0].i64(0).unwrap(), 3);
}

#[tokio::test]
async fn readers_cannot_write() {
    let database = database().await;
    let refused =
        database.query("INSERT INTO things (id) VALUES ('x') RETURNING id", Vec::new()).await.unwrap_err();
    assert!(refused.to_string().contains("readonly"), "{refused}");
}

#[tokio::test]
async fn a_panicking_job_leaves_the_writer_at_work() {
    let database = database().await;
    let Backend::Sqlite(sqlite) = database.backend() else { panic!("not SQLite") };
    let lost = sqlite.write::<()>(|_| panic!("on purpose")).await.unwrap_err();
    assert!(lost.to_string().contains("unknown"), "{lost}");
    let insert = Statement::new("INSERT INTO things (id) VALUES ($1)", params!["after"]);
    assert_eq!(database.write(vec![insert]).await.unwrap(), [1]);
}

#[tokio::test]
async fn migrations_apply_once_and_notice_alteration() {
    let database = Database::open("sqlite::memory:").await.unwrap();
    database.migrate().await.unwrap();
    database.migrate().await.unwrap();
    let names = database.query("SELECT name FROM schema_migrations ORDER BY name", Vec::new()).await.unwrap();
    assert_eq!(names[0].text(0).unwrap(), "0001_event_log");
    let alter = Statement::new("UPDATE schema_migrations SET checksum = 'x'", Vec::new());
    database.write(vec![alter]).await.unwrap();
    assert!(database.migrate().await.unwrap_err().to_string().contains("altered"));
}

#[tokio::test]
async fn an_unknown_url_is_refused_with_the_way_out() {
    let refused = Database::open("mysql://somewhere").await.err().expect("it was opened");
    assert!(refused.to_string().contains("use sqlite:PATH"), "{refused}");
}

#[test]
fn a_stored_time_is_what_the_general_formatter_writes() {
    use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
    let texts = [
        "2026-11-21T17:05:09.000001Z",
        "1970-01-01T00:00:00Z",
        "0001-02-03T04:05:06.7Z",
        "9999-12-31T23:59:59.999999999Z",
        "2016-12-31T23:59:60.5Z",
    ];
    let times = texts.map(|text| text.parse::<DateTime<Utc>>().unwrap());
    let far = times[3] + TimeDelta::days(400);
    for time in times.into_iter().chain([far]) {
        let expected = time.to_rfc3339_opts(SecondsFormat::Micros, true);
        assert_eq!(super::stored_time(time), expected);
    }
}
