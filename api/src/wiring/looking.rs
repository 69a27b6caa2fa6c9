//! A desk for tools that look and change nothing of the log: no lease, no work.

use std::sync::Arc;

use application::command_handlers::{Desk, Intake};
use application::ports::credentials::Credentials;
use application::ports::vault::Vault;
use infrastructure::credentials::DatabaseCredentials;
use infrastructure::oauth_attempts::DatabaseOAuthAttempts;

use super::hub::{engine, operator, outgoing};
use super::store::Store;
use crate::config::Config;

/// A desk over a store.
pub fn desk(config: &Config, store: &Store) -> anyhow::Result<Desk> {
    let vault: Arc<dyn Vault> = Arc::clone(&store.vault) as _;
    let credentials: Arc<dyn Credentials> =
        Arc::new(DatabaseCredentials::new(store.database.clone(), Arc::clone(&vault)));
    let engine = engine(config, store, Arc::clone(&credentials))?;
    let outgoing = outgoing(config, store, (&engine, Arc::clone(&credentials)))?;
    Ok(Desk {
        engine,
        credentials,
        attempts: Arc::new(DatabaseOAuthAttempts::new(store.database.clone(), vault)),
        wakeups: store.waiter(),
        deliveries: Arc::clone(&outgoing.deliveries),
        sender: Arc::clone(&outgoing.sender),
        operator: operator(config, config.listen.public(config.listen.listen)),
        intake: Intake::default(),
    })
}
