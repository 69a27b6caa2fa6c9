//! Wall time and processor time of this process and of the PostgreSQL server it works with.

use std::future::Future;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use sqlx::{Connection as _, PgConnection};

/// Clock ticks per second of `/proc/<pid>/stat` (USER_HZ, proc(5)); 100 on every Linux of today.
const TICKS: f64 = 100.0;

/// What a piece of work took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spent {
    /// Seconds by the clock on the wall.
    pub(crate) wall: f64,
    /// Processor seconds.
    pub(crate) cpu: f64,
}

/// Whose processor time is counted: a process, and all of one PostgreSQL server. Simulators run elsewhere.
pub(crate) struct Meter {
    process: String,
    postmaster: Option<u32>,
}

impl Meter {
    /// This process, or another one of this machine. With `postgres`, the server of that URL is counted too; it has to
    /// run on this machine.
    pub(crate) async fn of(process: Option<u32>, postgres: Option<&str>) -> anyhow::Result<Self> {
        let process = process.map_or_else(|| "self".to_owned(), |process| process.to_string());
        let Some(url) = postgres else { return Ok(Self { process, postmaster: None }) };
        let mut connection = PgConnection::connect(url).await?;
        let backend: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut connection).await?;
        let stat = stat(&backend.to_string()).context("the PostgreSQL server runs on another machine")?;
        ensure!(stat.name.starts_with("postgres"), "process {backend} of this machine is no PostgreSQL");
        connection.close().await?;
        Ok(Self { process, postmaster: Some(stat.parent) })
    }

    /// Does `work` and says what it took.
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
    pub(crate) async fn take<T>(
        &self,
        work: impl Future<Output = anyhow::Result<T>>,
    ) -> anyhow::Result<(T, Spent)> {
        let (began, before) = (Instant::now(), self.cpu());
        let done = work.await?;
        Ok((done, Spent { wall: began.elapsed().as_secs_f64(), cpu: self.cpu() - before }))
    }

    fn cpu(&self) -> f64 {
        let own = stat(&self.process).map_or(0.0, |stat| stat.own);
        own + self.postmaster.map_or(0.0, server)
    }
}

/// The server's processes, and those of its processes that have ended.
fn server(postmaster: u32) -> f64 {
    let mut seconds = stat(&postmaster.to_string()).map_or(0.0, |stat| stat.own + stat.ended);
    for process in std::fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok) {
        let Some(stat) = process.file_name().to_str().and_then(stat) else { continue };
        if stat.parent == postmaster {
            seconds += stat.own;
        }
    }
    seconds
}

struct Stat {
    name: String,
    parent: u32,
    /// Processor seconds of the process.
    own: f64,
    /// Of its children that have ended.
    ended: f64,
}

fn stat(process: &str) -> Option<Stat> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (head, rest) = text.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let seconds =
        |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0) / TICKS;
    Some(Stat {
        name: head.split_once('(').map(|(_, name)| name.to_owned())?,
        parent: fields.get(1)?.parse().ok()?,
        own: seconds(11) + seconds(12),
        ended: seconds(13) + seconds(14),
    })
}
