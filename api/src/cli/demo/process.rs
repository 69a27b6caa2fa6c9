//! The hub of the demo, on a runtime of its own, so that it can be killed as a process is.

use std::net::{SocketAddr, TcpListener};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use crate::config::Config;
use crate::wiring::{Hub, Roles, Running, Sources};

/// Short, because the demo is: work that becomes due is seen at once.
const POLL: Duration = Duration::from_millis(50);
/// How long a killed hub's threads may take to be gone.
const GONE: Duration = Duration::from_secs(2);

/// How a hub ends.
enum End {
    /// Everything under way is finished first.
    Gently,
    /// Nothing is.
    Killed,
}

/// A hub on threads of its own.
pub(super) struct Process {
    end: oneshot::Sender<End>,
    thread: JoinHandle<anyhow::Result<()>>,
}

impl Process {
    /// Starts a hub at `addr`; returns once it listens.
    pub(super) async fn start(config: Config, addr: SocketAddr) -> anyhow::Result<Self> {
        let (end, ended) = oneshot::channel();
        let (ready, is_ready) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("demo-hub".to_owned())
            .spawn(move || live(&config, addr, ready, ended))?;
        match is_ready.await {
            Ok(()) => Ok(Self { end, thread }),
            Err(_) => Err(joined(thread).await.err().unwrap_or_else(|| anyhow!("the hub ended at once"))),
        }
    }

    /// Drops everything the hub is doing, wherever it is, and waits until its threads are gone.
    pub(super) async fn kill(self) -> anyhow::Result<()> {
        self.finish(End::Killed).await
    }

    /// Ends the hub.
    pub(super) async fn stop(self) -> anyhow::Result<()> {
        self.finish(End::Gently).await
    }

    async fn finish(self, how: End) -> anyhow::Result<()> {
        // A hub that ended by itself says why below.
        let _ = self.end.send(how);
        joined(self.thread).await
    }
}

async fn joined(thread: JoinHandle<anyhow::Result<()>>) -> anyhow::Result<()> {
    let joined = tokio::task::spawn_blocking(move || thread.join()).await?;
    joined.map_err(|_| anyhow!("the hub's thread panicked"))?
}

/// The life of the hub's thread.
fn live(
    config: &Config,
    addr: SocketAddr,
    ready: oneshot::Sender<()>,
    ended: oneshot::Receiver<End>,
) -> anyhow::Result<()> {
    let runtime = Runtime::new()?;
    let outcome = runtime.block_on(async {
        let listener = TcpListener::bind(addr).with_context(|| format!("{addr} cannot be listened on"))?;
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let sources = Sources { poll: POLL, ..Sources::default() };
        let hub = Hub::build(config, sources, Roles::all(), config.listen.public(addr)).await?;
        let running = Running::start(hub, Some(listener))?;
        // Nobody waits for a hub that is told to end at once.
        let _ = ready.send(());
        if let Ok(End::Gently) = ended.await {
            running.stop().await;
        }
        anyhow::Ok(())
    });
    // Tasks are dropped where they stand: after a kill most of them still run.
    runtime.shutdown_timeout(GONE);
    outcome
}
