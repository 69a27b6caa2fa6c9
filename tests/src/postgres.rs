//! PostgreSQL for tests: the server that `.ci/postgres.sh start` prints, a fresh database per caller.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{Connection, PgConnection};

/// The variable that names a server whose user may create databases.
pub const VARIABLE: &str = "HEADWATER_TEST_POSTGRES";

static MADE: AtomicU32 = AtomicU32::new(0);

/// URL of a fresh, empty database; `None` without a server, said loudly, and an error where `CI` is set.
pub async fn fresh_database() -> Option<String> {
    let Some(server) = setting(VARIABLE) else {
        assert!(setting("CI").is_none(), "{VARIABLE} is not set: run `make test`, or start .ci/postgres.sh");
        #[expect(clippy::print_stderr, reason = "whoever reads the test's output must see it")]
        {
            eprintln!("NOT TESTED: PostgreSQL ({VARIABLE} is not set)");
        }
        return None;
    };
    Some(create(&server).await.expect("the test server makes databases"))
}

async fn create(server: &str) -> Result<String, sqlx::Error> {
    let mut connection = PgConnection::connect(server).await?;
    sweep(&mut connection).await?;
    let name = format!("hw_test_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
    sqlx::raw_sql(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).execute(&mut connection).await?;
    sqlx::raw_sql(&format!("CREATE DATABASE {name} TEMPLATE template0")).execute(&mut connection).await?;
    connection.close().await?;
    let (base, _) = server.rsplit_once('/').expect("a database URL has a path");
    Ok(format!("{base}/{name}"))
}

/// Databases that ended tests may leave behind; dropping one costs a checkpoint.
const LEFT: usize = 60;

/// Drops what tests left whose process is gone, once it is much.
async fn sweep(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let names: Vec<String> =
        sqlx::query_scalar("SELECT datname::text FROM pg_database WHERE datname LIKE 'hw\\_test\\_%'")
            .fetch_all(&mut *connection)
            .await?;
    if names.len() < LEFT {
        return Ok(());
    }
    let gone = names.iter().filter(|name| {
        let process = name.split('_').nth(2).unwrap_or_default();
        std::path::Path::new("/proc/self").exists() && !std::path::Path::new("/proc").join(process).exists()
    });
    for name in gone {
        // Another test may be at the same.
        let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        let _ = sqlx::raw_sql(&drop).execute(&mut *connection).await;
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the environment tells tests where the server is")]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
