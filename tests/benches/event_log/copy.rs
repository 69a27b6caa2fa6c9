//! `COPY … FROM STDIN BINARY` of event rows into the same table with the same indexes, in a database of its own.

use infrastructure::database::{Database, Row};
use sqlx::postgres::PgPool;

const COPY: &str =
    "COPY events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata,
    organization_id, recorded_at) FROM STDIN BINARY";
/// Signature, flags and extension length of the format (PostgreSQL manual, COPY, Binary Format).
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// Microseconds from 1970 to 2000, where PostgreSQL's times begin.
const EPOCH: i64 = 946_684_800_000_000;

pub(crate) struct Copy(PgPool);

impl Copy {
    pub(crate) async fn open() -> Self {
        let url = tests::postgres::fresh_database().await.expect("there is a server");
        Database::open(&url)
            .await
            .expect("the database opens")
            .migrate()
            .await
            .expect("the migrations apply");
        Self(PgPool::connect(&url).await.expect("the database opens"))
    }

    /// Each body in a transaction of its own.
    pub(crate) async fn load(&self, bodies: Vec<Vec<u8>>) {
        for body in bodies {
            let mut connection = self.0.acquire().await.expect("the database is there");
            let mut copy = connection.copy_in_raw(COPY).await.expect("the table is there");
            copy.send(body).await.expect("the body is sent");
            copy.finish().await.expect("the rows are taken");
        }
    }
}

/// The rows in the binary format, `batch` rows each.
pub(crate) fn bodies(rows: &[Row], batch: usize) -> Vec<Vec<u8>> {
    rows.chunks(batch).map(body).collect()
}

fn body(rows: &[Row]) -> Vec<u8> {
    let mut body = HEADER.to_vec();
    for row in rows {
        body.extend_from_slice(&9_i16.to_be_bytes());
        for column in [0, 1] {
            field(&mut body, row.text(column).expect("text").as_bytes());
        }
        field(&mut body, &row.i64(2).expect("a number").to_be_bytes());
        for column in 3..8 {
            field(&mut body, row.text(column).expect("text").as_bytes());
        }
        let at = row.time(8).expect("a time").timestamp_micros() - EPOCH;
        field(&mut body, &at.to_be_bytes());
    }
    body.extend_from_slice(&(-1_i16).to_be_bytes());
    body
}

fn field(body: &mut Vec<u8>, bytes: &[u8]) {
    let length = i32::try_from(bytes.len()).expect("a column is small");
    body.extend_from_slice(&length.to_be_bytes());
    body.extend_from_slice(bytes);
}
