//! What connectors stand on, as `headwater serve` has it: a store in a folder, the way out, limits and sealed credentials.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use api::config::{DataConfig, KeysConfig};
use api::wiring::{Place, Sources, Store};
use application::ports::clock::Clock;
use infrastructure::clock::SystemClock;
use infrastructure::connectors::Services;
use infrastructure::credentials::DatabaseCredentials;
use infrastructure::http::{EgressPolicy, HttpClient};
use infrastructure::id_generator::SystemIds;
use infrastructure::limiter::InProcessLimiter;

/// The services, which may call `allowed` beyond what is public.
pub(crate) async fn services(folder: &Path, allowed: Option<&url::Url>) -> anyhow::Result<Services> {
    let place = Place { data: DataConfig::in_folder(folder), keys: KeysConfig::default() };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ids = Arc::new(SystemIds::new(Arc::clone(&clock)));
    let store = Store::open(&place, Sources { clock, ids, poll: Duration::from_millis(250) }).await?;
    let policy = EgressPolicy::closed();
    let policy = allowed.map_or_else(|| policy.clone(), |url| policy.clone().allowing(url));
    let clock = Arc::clone(&store.dispatcher.clock);
    Ok(Services {
        http: HttpClient::try_new(policy)?,
        credentials: Arc::new(DatabaseCredentials::new(store.database.clone(), store.vault.clone())),
        limiter: Arc::new(InProcessLimiter::new(Arc::clone(&clock))),
        clock,
        ids: Arc::clone(&store.dispatcher.ids),
    })
}
