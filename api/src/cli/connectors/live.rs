//! Asks a provider who we are, with credentials of the vault.

use anyhow::{Context as _, bail};
use application::command_handlers::Desk;
use application::ports::connector::{CallError, Verified};
use clap::Args;
use domain::ids::{DEFAULT_ORGANIZATION, IntegrationId};
use uuid::Uuid;

use crate::cli::terminal;
use crate::config::Config;
use crate::wiring::{Place, Sources, Store, desk};

/// Whose credentials.
#[derive(Args, Clone, Debug)]
pub(super) struct LiveArgs {
    /// The integration whose credentials are used [default: the provider's only one]
    #[arg(long, requires = "live", value_name = "ID")]
    integration: Option<Uuid>,

    #[command(flatten)]
    config: Config,
}

impl LiveArgs {
    /// Runs the connection test. Nothing is recorded; tokens that have ended are refreshed and stored.
    pub(super) async fn run(&self, key: Option<&str>) -> anyhow::Result<bool> {
        let key = key.context("say which provider: headwater connectors check <key> --live")?;
        let place = Place { data: self.config.data.clone(), keys: self.config.keys.clone() };
        let store = Store::open(&place, Sources::default()).await?;
        let desk = desk(&self.config, &store)?;
        if desk.provider(key).is_err() {
            bail!("there is no provider `{key}`: `headwater connectors list` names them");
        }
        let mut good = true;
        for id in self.integrations(&desk, key).await? {
            let outcome = desk.look(DEFAULT_ORGANIZATION, id).await?;
            good &= outcome.is_ok();
            terminal::say(&said(key, id, &outcome));
        }
        Ok(good)
    }

    async fn integrations(&self, desk: &Desk, key: &str) -> anyhow::Result<Vec<IntegrationId>> {
        if let Some(id) = self.integration {
            return Ok(vec![IntegrationId(id)]);
        }
        let routes = desk.routes().await?;
        let with = routes.integrations.iter().filter(|(_, owned)| {
            let identity = owned.state.identity.as_ref();
            !owned.state.deleted
                && owned.organization == DEFAULT_ORGANIZATION
                && identity.is_some_and(|identity| identity.provider == key)
        });
        let found: Vec<IntegrationId> = with.map(|(id, _)| *id).collect();
        if found.is_empty() {
            bail!("no integration with {key} is there: create and connect one first");
        }
        Ok(found)
    }
}

fn said(key: &str, id: IntegrationId, outcome: &Result<Verified, CallError>) -> String {
    match outcome {
        Ok(Verified { name, realm }) => {
            let name = name.as_deref().or(realm.as_deref()).unwrap_or("it does not say who we are");
            format!("{key} {id}: answers ({name})")
        }
        Err(error) => {
            let step = error.next_step.as_ref().map(|step| format!("; {step}")).unwrap_or_default();
            format!("{key} {id}: {error}{step}")
        }
    }
}
