//! Serves a simulator over real HTTP, on threads of its own.
//!
//! Each simulator has its own small runtime. Two things follow that tests rely on: stopping one
//! cuts its open connections as a killed process would, and a test with paused time or one
//! thread does not hold the provider up.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt as _;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

/// How long a stopping simulator waits for its own threads before it leaves them behind.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// A simulator that is answering requests. Dropping it begins the stop without waiting for it.
#[derive(Debug)]
pub struct Running {
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub base_url: String,
    /// The address it listens on.
    pub addr: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: oneshot::Receiver<()>,
}

impl Running {
    /// Stops at once: open connections are cut, unanswered requests stay unanswered. When this
    /// returns the port is free to be bound again.
    pub async fn stop(self) {
        drop(self.stop);
        // An error means the thread is gone already, which is what was asked for.
        let _ = self.ended.await;
    }
}

/// Serves `router` on `addr`, or on a free port of 127.0.0.1 when it is `None`.
///
/// Errors: the address cannot be bound, or no thread can be started.
pub async fn serve(router: Router, addr: Option<SocketAddr>) -> io::Result<Running> {
    let listener = TcpListener::bind(addr.unwrap_or((Ipv4Addr::LOCALHOST, 0).into()))?;
    listener.set_nonblocking(true)?;
    let addr = listener.local_addr()?;
    let (ready, is_ready) = oneshot::channel();
    let (stop, stopped) = oneshot::channel();
    let (end, ended) = oneshot::channel();
    std::thread::Builder::new().name(format!("sandbox-{}", addr.port())).spawn(move || {
        run(listener, router, ready, stopped);
        // Nobody listens when the handle was dropped.
        let _ = end.send(());
    })?;
    is_ready.await.map_err(io::Error::other)??;
    Ok(Running { base_url: format!("http://{addr}"), addr, stop, ended })
}

/// The life of the simulator's thread: until `stopped` is sent or its sender is gone.
fn run(
    listener: TcpListener,
    router: Router,
    ready: oneshot::Sender<io::Result<()>>,
    stopped: oneshot::Receiver<()>,
) {
    let mut builder = Builder::new_multi_thread();
    let runtime = match builder.worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = ready.send(Err(error));
            return;
        }
    };
    runtime.block_on(async move {
        let listener = match tokio::net::TcpListener::from_std(listener) {
            Ok(listener) => listener,
            Err(error) => {
                let _ = ready.send(Err(error));
                return;
            }
        };
        let _ = ready.send(Ok(()));
        let listener = listener.tap_io(|stream| {
            // Without it small answers wait for the peer's acknowledgement; it is only speed.
            let _ = stream.set_nodelay(true);
        });
        tokio::select! {
            _ = stopped => {}
            _ = axum::serve(listener, router) => {}
        }
    });
    runtime.shutdown_timeout(STOP_TIMEOUT);
}

/// Called inside a handler: closes the connection without an answer. The server goes on with
/// its other connections.
///
/// The unwinding ends the one task that serves this connection, and the panic hook is not run,
/// so nothing is printed. Hold no lock when calling it.
pub fn drop_connection() -> ! {
    std::panic::resume_unwind(Box::new("connection dropped by a fault"))
}

#[cfg(test)]
mod tests;
