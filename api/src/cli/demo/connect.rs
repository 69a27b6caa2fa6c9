//! Connecting the company: credentials of the app, an integration, its features, and the browser's way through OAuth.

use anyhow::bail;
use serde_json::json;

use super::client::{Client, text};
use super::scene::CALLS_PER_MINUTE;

/// Features, our entities, the provider's, and how collisions are settled: each strategy once.
pub(super) const FEATURES: [(&str, &str, &str, &str); 5] = [
    ("customers", "customer", "Customer", "last_write_wins"),
    ("items", "product", "Item", "source_priority"),
    ("invoices", "invoice", "Invoice", "manual_review"),
    ("credit_memos", "credit_note", "CreditMemo", "merge_fields"),
    ("payments", "payment", "Payment", "source_priority"),
];

/// The app as the provider knows it.
pub(super) struct App {
    pub(super) client_id: String,
    pub(super) client_secret: String,
    pub(super) webhook_secret: String,
}

/// Connects and enables; answers the integration's id.
pub(super) async fn connect(hub: &Client, app: &App) -> anyhow::Result<String> {
    let App { client_id, client_secret, webhook_secret } = app;
    let secrets =
        json!({"client_id": client_id, "client_secret": client_secret, "webhook_secret": webhook_secret});
    hub.put("/v1/providers/quickbooks/credentials", secrets).await?;
    // The simulated company's account "Sales of Product Income".
    let new =
        json!({"provider": "quickbooks", "display_name": "Books", "settings": {"income_account": "79"}});
    let created = hub.post("/v1/integrations", new).await?;
    let id = text(&created, "id")?.to_owned();
    hub.put(&format!("/v1/integrations/{id}"), json!({"limits": {"calls_per_minute": CALLS_PER_MINUTE}}))
        .await?;
    for (code, _, _, strategy) in FEATURES {
        let enabled =
            hub.put(&format!("/v1/integrations/{id}/features/{code}"), json!({"enabled": true})).await?;
        let config = text(&enabled, "sync_config_id")?;
        hub.put(&format!("/v1/sync-configs/{config}"), json!({"conflict_resolution": strategy})).await?;
    }
    let connecting = hub.post("/v1/integrations/quickbooks/connect", json!({"integration_id": id})).await?;
    let ended = hub.browse(text(&connecting, "authorize_url")?).await?;
    if text(&ended, "integration_id")? != id {
        bail!("another integration was connected: {ended}");
    }
    hub.post(&format!("/v1/integrations/{id}/enable"), json!({})).await?;
    Ok(id)
}
