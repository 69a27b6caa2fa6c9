//! Drives a hub's parts, and ends them: gently, or at once.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use application::process_managers;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::hub::Hub;
use super::roles::Role;
use crate::http;

/// How long jobs that call a provider may take to end.
const PATIENCE: Duration = Duration::from_secs(20);

/// A hub at work.
pub struct Running {
    /// The hub.
    pub hub: Arc<Hub>,
    /// Where it listens, if it does.
    pub addr: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    /// What ends by itself when told.
    gentle: JoinSet<()>,
    /// What ends between two transactions, wherever it is.
    steady: JoinSet<()>,
}

impl Running {
    /// Starts the parts that the hub's roles name. With `listener`, HTTP is answered there.
    pub fn start(hub: Hub, listener: Option<TcpListener>) -> std::io::Result<Self> {
        let hub = Arc::new(hub);
        let (stop, stopped) = watch::channel(false);
        let (mut gentle, mut steady) = (JoinSet::new(), JoinSet::new());
        if hub.does(Role::Project) {
            let (projections, stopped) = (Arc::clone(&hub.projections), ended(stopped.clone()));
            gentle.spawn(async move { projections.run(stopped).await });
        }
        if hub.does(Role::Work) {
            let managers = hub.managers.clone();
            steady.spawn(async move { process_managers::run(&managers).await });
            let worker = Arc::clone(&hub.worker);
            steady.spawn(async move { worker.run().await });
        }
        let addr = listener.as_ref().map(TcpListener::local_addr).transpose()?;
        if let Some(listener) = listener {
            let router = http::router(hub.state.clone());
            let serving = axum::serve(listener, router).with_graceful_shutdown(ended(stopped));
            gentle.spawn(async move {
                if let Err(error) = serving.await {
                    tracing::error!(%error, "HTTP is no longer answered");
                }
            });
        }
        Ok(Self { hub, addr, stop, gentle, steady })
    }

    /// Ends everything: jobs under way are finished, leases given back, the database closed.
    pub async fn stop(mut self) {
        self.hub.gate.close(PATIENCE).await;
        self.steady.shutdown().await;
        self.stop.send_replace(true);
        let ended = async { while self.gentle.join_next().await.is_some() {} };
        if tokio::time::timeout(PATIENCE, ended).await.is_err() {
            tracing::warn!("requests were still open: they are cut");
        }
        self.hub.store.database.close().await;
    }

    /// Returns only if a part has failed.
    pub async fn failed(&mut self) {
        tokio::select! {
            Some(_) = self.gentle.join_next() => {}
            Some(_) = self.steady.join_next() => {}
            else => std::future::pending().await,
        }
    }
}

async fn ended(mut stopped: watch::Receiver<bool>) {
    // Without its sender there is nobody left to serve.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}
