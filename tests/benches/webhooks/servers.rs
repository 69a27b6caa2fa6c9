//! Who takes the webhooks, each in a process of its own.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use api::config::{DataConfig, KeysConfig};
use api::wiring::{Place, Store};
use reqwest::Method;
use rusqlite::{Connection as Sqlite, OpenFlags};
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};
use tempfile::TempDir;

use super::child::{API_KEY, Program, client};
use super::load::SECRET;
use super::measure::Meter;

/// A running server.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) path: String,
    pub(crate) prefix: &'static str,
    pub(crate) meter: Meter,
    books: Books,
    _process: Process,
    _folder: Option<TempDir>,
}

/// Where what it took is counted.
enum Books {
    File(PathBuf),
    Postgres { url: String, count: &'static str },
}

enum Process {
    Ours(#[expect(dead_code, reason = "it lives as long as the server")] [Program; 2]),
    Node(Child),
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Self::Node(child) = self {
            // One that has ended cannot be killed.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

const DELIVERIES: &str =
    "SELECT count(*) FROM events WHERE aggregate_type = 'webhook_delivery' AND sequence = 1";

impl Server {
    /// Webhooks that lie in its database.
    pub(crate) async fn stored(&self) -> anyhow::Result<u64> {
        let count: i64 = match &self.books {
            Books::File(path) => {
                let file = Sqlite::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
                file.query_row(DELIVERIES, [], |row| row.get(0))?
            }
            Books::Postgres { url, count } => {
                let mut connection = PgConnection::connect(url).await?;
                sqlx::query_scalar(count).fetch_one(&mut connection).await?
            }
        };
        Ok(count.unsigned_abs())
    }
}

/// `headwater serve` with one connected integration, on SQLite or on this PostgreSQL database.
pub(crate) async fn headwater(postgres: Option<String>) -> anyhow::Result<Server> {
    let provider = Program::simulator(1).await?;
    let folder = tempfile::tempdir()?;
    let data = folder.path().display().to_string();
    let connectors = tests::hub::connectors().display().to_string();
    let mut arguments = vec!["serve", "--data-dir", &data, "--connectors", &connectors];
    arguments.extend(["--egress-allow", &provider.url]);
    if let Some(url) = &postgres {
        let data = DataConfig { database: Some(url.clone()), ..DataConfig::in_folder(folder.path()) };
        Store::migrate(&Place { data, keys: KeysConfig::default() }).await?;
        arguments.extend(["--database", url]);
    }
    let program = Program::start(&arguments, "/readyz").await?;
    let integration = connect(&program.url, &provider.url).await?;
    let meter = Meter::of(Some(program.id()), postgres.as_deref()).await?;
    let books = match postgres {
        Some(url) => Books::Postgres { url, count: DELIVERIES },
        None => Books::File(folder.path().join("headwater.db")),
    };
    Ok(Server {
        address: program.url.trim_start_matches("http://").parse()?,
        path: format!("/v1/webhooks/rest/{integration}"),
        prefix: "sha256=",
        meter,
        books,
        _process: Process::Ours([program, provider]),
        _folder: Some(folder),
    })
}

async fn connect(url: &str, provider: &str) -> anyhow::Result<String> {
    let client = client()?;
    let ask = async |method: Method, path: String, body: Value| -> anyhow::Result<Value> {
        let answer = client.request(method, format!("{url}{path}")).json(&body).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status.is_success(), "{path} was answered {status}: {text}");
        Ok(serde_json::from_str(&text)?)
    };
    let new = json!({"provider": "rest", "display_name": "Rest", "base_url": provider});
    let made = ask(Method::POST, "/v1/integrations".to_owned(), new).await?;
    let id = made["id"].as_str().context("no id")?.to_owned();
    let secrets = json!({"api_key": API_KEY, "webhook_secret": String::from_utf8_lossy(SECRET)});
    ask(Method::PUT, format!("/v1/integrations/{id}/credentials"), secrets).await?;
    ask(Method::POST, format!("/v1/integrations/{id}/test"), json!({})).await?;
    ask(Method::POST, format!("/v1/integrations/{id}/enable"), json!({})).await?;
    Ok(id)
}

/// A text from the environment, unless it is empty.
#[expect(clippy::disallowed_methods, reason = "a benchmark has no command line of its own")]
fn named(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|text| !text.is_empty())
}

/// The script that `HEADWATER_BENCH_EXPRESS` names, on a fresh PostgreSQL database.
pub(crate) async fn express() -> anyhow::Result<Option<Server>> {
    let Some(script) = named("HEADWATER_BENCH_EXPRESS") else { return Ok(None) };
    let Some(url) = tests::postgres::fresh_database().await else { return Ok(None) };
    let address = tests::hub::free_address()?;
    let child = Command::new("node")
        .arg(&script)
        .env("PORT", address.port().to_string())
        .env("PG_DSN", &url)
        .env("HOOK_SECRET", String::from_utf8_lossy(SECRET).as_ref())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .context("node is needed")?;
    let meter = Meter::of(Some(child.id()), Some(&url)).await?;
    let mut process = Process::Node(child);
    for _ in 0..100 {
        if tokio::net::TcpStream::connect(address).await.is_ok() {
            let books = Books::Postgres { url, count: "SELECT count(*) FROM hook" };
            let (path, prefix) = ("/hook".to_owned(), "");
            return Ok(Some(Server {
                address,
                path,
                prefix,
                meter,
                books,
                _process: process,
                _folder: None,
            }));
        }
        if let Process::Node(child) = &mut process
            && let Some(status) = child.try_wait()?
        {
            bail!("{script} ended: {status}; NODE_PATH has to name a folder with express and pg");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("{script} does not answer at {address}")
}
