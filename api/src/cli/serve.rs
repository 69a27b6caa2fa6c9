//! `headwater serve` and `headwater work`: the hub.

use clap::Args;
use tokio::net::TcpListener;

use super::terminal;
use crate::config::Config;
use crate::shutdown;
use crate::wiring::{Hub, Role, Roles, Running, Sources};

/// Runs the hub: API, webhooks, synchronisation, views. With PostgreSQL the parts can be split over processes.
#[derive(Args, Clone, Debug)]
pub(crate) struct ServeArgs {
    /// The parts this process does; several with commas [default: all]
    #[arg(long, value_enum, env = "HEADWATER_ROLES", value_name = "ROLE", value_delimiter = ',')]
    roles: Vec<Role>,

    #[command(flatten)]
    config: Config,
}

/// Runs the parts of a hub that do not answer HTTP (PostgreSQL only).
#[derive(Args, Clone, Debug)]
pub(crate) struct WorkArgs {
    /// The parts this process does; several with commas
    #[arg(long, value_enum, value_name = "ROLE", value_delimiter = ',', default_value = "work")]
    roles: Vec<Role>,

    #[command(flatten)]
    config: Config,
}

impl ServeArgs {
    /// Runs the subcommand until it is told to end.
    pub(crate) async fn run(self) -> anyhow::Result<bool> {
        let roles = if self.roles.is_empty() { Roles::all() } else { Roles::of(&self.roles) };
        serve(self.config, roles).await
    }
}

impl WorkArgs {
    /// Runs the subcommand until it is told to end.
    pub(crate) async fn run(self) -> anyhow::Result<bool> {
        serve(self.config, Roles::of(&self.roles)).await
    }
}

/// Answers whether it ended because it was told to.
async fn serve(config: Config, roles: Roles) -> anyhow::Result<bool> {
    let listener = if roles.has(Role::Api) {
        config.listen.check()?;
        Some(TcpListener::bind(config.listen.listen).await?)
    } else {
        None
    };
    let bound = listener.as_ref().map_or(Ok(config.listen.listen), TcpListener::local_addr)?;
    let public_url = config.listen.public(bound);
    let hub = Hub::build(&config, Sources::default(), roles, public_url.clone()).await?;
    let mut running = Running::start(hub, listener)?;
    if let Some(addr) = running.addr {
        terminal::say(&format!(
            "headwater listens on http://{addr} (reached as {public_url}); ctrl-c ends it"
        ));
    }
    let told = tokio::select! {
        asked = shutdown::requested() => { asked?; true }
        () = running.failed() => false,
    };
    if told {
        terminal::say("ending: what is under way is finished first");
    }
    running.stop().await;
    Ok(told)
}
