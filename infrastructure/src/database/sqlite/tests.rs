use futures::future::join_all;
use rusqlite::Connection;

use super::Sqlite;
use crate::database::away;

/// A table of things, and how many there are.
async fn things(sqlite: &Sqlite) -> i64 {
    let count = |connection: &mut Connection| {
        connection.query_row("SELECT count(*) FROM things", [], |row| row.get(0)).map_err(away)
    };
    sqlite.read(count).await.unwrap()
}

async fn open() -> Sqlite {
    let sqlite = Sqlite::temporary().unwrap();
    let make = |connection: &mut Connection| {
        connection.execute_batch("CREATE TABLE things (id INTEGER PRIMARY KEY)").map_err(away)
    };
    sqlite.write(make).await.unwrap();
    sqlite
}

/// Two rows of which the second may be there already.
fn two(
    first: i64,
    second: i64,
) -> impl FnOnce(&mut Connection) -> Result<(), application::ports::Unavailable> {
    move |connection| {
        let savepoint = connection.savepoint().map_err(away)?;
        for id in [first, second] {
            savepoint.execute("INSERT INTO things (id) VALUES (?1)", [id]).map_err(away)?;
        }
        savepoint.commit().map_err(away)
    }
}

#[tokio::test]
async fn of_writes_that_are_committed_together_one_that_fails_is_undone_alone() {
    let sqlite = open().await;
    // given: the writer is busy, so that what comes meanwhile is one group
    let busy = sqlite.page(true, |_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        Ok(())
    });
    // when: every third write names a row that is there
    let writes = (0..9).map(|number| {
        let id = 10 * number;
        sqlite.page(false, two(id, if number % 3 == 2 { 0 } else { id + 1 }))
    });
    let (busy, answers) = futures::join!(busy, join_all(writes));
    // then
    busy.unwrap();
    assert_eq!(answers.iter().filter(|answer| answer.is_err()).count(), 3);
    assert_eq!(
        things(&sqlite).await,
        12,
        "what a failed write wrote before it failed is gone, and nothing else"
    );
}

#[tokio::test]
async fn a_write_that_panics_leaves_the_others_and_the_writer() {
    let sqlite = open().await;
    let broken = sqlite.page(false, |connection| -> Result<(), application::ports::Unavailable> {
        let savepoint = connection.savepoint().map_err(away)?;
        savepoint.execute("INSERT INTO things (id) VALUES (7)", []).map_err(away)?;
        panic!("as a bug would")
    });
    let (broken, good) = futures::join!(broken, sqlite.page(false, two(1, 2)));
    assert!(broken.is_err());
    good.unwrap();
    sqlite.append(two(3, 4)).await.unwrap();
    assert_eq!(things(&sqlite).await, 4);
}

#[tokio::test]
async fn an_answer_comes_after_the_commit() {
    let sqlite = open().await;
    for round in 0..20 {
        let sqlite = &sqlite;
        let writes = (0..8).map(|number| 1_000 * round + 10 * number).map(|id| async move {
            sqlite.page(false, two(id, id + 1)).await.unwrap();
            let seen = move |connection: &mut Connection| {
                let sql = "SELECT count(*) FROM things WHERE id IN (?1, ?2)";
                connection.query_row(sql, [id, id + 1], |row| row.get::<_, i64>(0)).map_err(away)
            };
            assert_eq!(sqlite.read(seen).await.unwrap(), 2, "whoever was answered is seen by every reader");
        });
        join_all(writes).await;
    }
}
