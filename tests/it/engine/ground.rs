//! Simulators and hubs that the engine's tests stand on.

use application::command_handlers::SyncConfigSettings;
use domain::ids::{IntegrationId, SyncConfigId};
use infrastructure::clock::ManualClock;
use sandbox::quickbooks::{self, QuickBooksConfig, QuickBooksSandbox};
use sandbox::rest::{self, RestConfig, RestSandbox};
use tempfile::TempDir;
use tests::rig::{Ground, Rig};

/// A generic provider, and the ground of a hub beside it.
pub(super) async fn rest(config: RestConfig) -> (TempDir, RestSandbox, Ground) {
    let folder = tempfile::tempdir().unwrap();
    let provider = rest::start(RestConfig { api_key: Some("key-1".to_owned()), ..config }).await.unwrap();
    let ground = Ground {
        folder: folder.path().to_owned(),
        database: None,
        provider: "rest".to_owned(),
        provider_url: provider.base_url.clone(),
        oauth: None,
        clock: real_clock(),
    };
    (folder, provider, ground)
}

/// A hub connected to the generic provider, syncing customers both ways.
pub(super) async fn connected(ground: &Ground, settings: SyncConfigSettings) -> (Rig, SyncConfigId) {
    let rig = Rig::open(ground).await.unwrap();
    let integration = rig.connect(&[("api_key", "key-1")]).await.unwrap();
    let config = rig.config(integration, "customer", "customers", settings).await.unwrap();
    rig.idle().await.unwrap();
    (rig, config)
}

/// A QuickBooks company, and the ground of a hub beside it.
pub(super) async fn books(config: QuickBooksConfig) -> (TempDir, QuickBooksSandbox, Ground) {
    let folder = tempfile::tempdir().unwrap();
    let redirect_uris = vec!["http://127.0.0.1:1/v1/oauth/quickbooks/callback".to_owned()];
    let books = quickbooks::start(QuickBooksConfig { redirect_uris, ..config }).await.unwrap();
    let at = |path: &str| format!("{}{path}", books.base_url);
    let ground = Ground {
        folder: folder.path().to_owned(),
        database: None,
        provider: "quickbooks".to_owned(),
        provider_url: books.base_url.clone(),
        oauth: Some([at("/connect/oauth2"), at("/oauth2/v1/tokens/bearer"), at("/v2/oauth2/tokens/revoke")]),
        clock: real_clock(),
    };
    (folder, books, ground)
}

/// Configs of a connected QuickBooks company.
pub(super) struct Configs {
    pub(super) integration: IntegrationId,
    pub(super) customers: SyncConfigId,
    pub(super) items: SyncConfigId,
    pub(super) invoices: SyncConfigId,
    pub(super) credit_memos: SyncConfigId,
}

/// A hub connected by OAuth, syncing customers, items, invoices and credit memos both ways.
pub(super) async fn connected_books(ground: &Ground) -> (Rig, Configs) {
    let rig = Rig::open(ground).await.unwrap();
    let app = QuickBooksConfig::default();
    let id = rig.connect_by_oauth((&app.client_id, &app.client_secret)).await.unwrap();
    let configs = all_configs(&rig, id).await;
    rig.idle().await.unwrap();
    (rig, configs)
}

/// Customers, items, invoices and credit memos, both ways.
pub(super) async fn all_configs(rig: &Rig, id: IntegrationId) -> Configs {
    let all = SyncConfigSettings::default;
    Configs {
        integration: id,
        customers: rig.config(id, "customer", "Customer", all()).await.unwrap(),
        items: rig.config(id, "product", "Item", all()).await.unwrap(),
        invoices: rig.config(id, "invoice", "Invoice", all()).await.unwrap(),
        credit_memos: rig.config(id, "credit_note", "CreditMemo", all()).await.unwrap(),
    }
}

/// A clock that tests move, starting near the simulators' own.
pub(super) fn real_clock() -> ManualClock {
    // Near the simulators' own clock, which is real: tokens and intents are judged by both.
    ManualClock::new(chrono::DateTime::from(std::time::UNIX_EPOCH) + real_time())
}

#[expect(clippy::disallowed_methods, reason = "simulators live in real time")]
fn real_time() -> chrono::TimeDelta {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    chrono::TimeDelta::from_std(since).unwrap()
}
