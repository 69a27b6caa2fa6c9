//! The simulator as tests and the demonstration hold it.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::Value;

use super::app::{App, ShopState, router};
use super::config::{AppKind, ShopifyConfig};
use super::keys::duplicates;
use super::tokens::{Life, ShopifyTokens};
use crate::faults::Faults;
use crate::kit::Recorder;
use crate::kit::hands::Hands as _;
use crate::kit::poster::Outcome;
use crate::server::{Running, serve};

/// A running shop. Methods act at once, as the merchant in the admin would: no token, no throttle,
/// no fault; webhooks are sent as for any change.
///
/// ```no_run
/// # async fn example() -> std::io::Result<()> {
/// use sandbox::shopify::{ShopifyConfig, start};
///
/// let shop = start(ShopifyConfig::unlimited()).await?;
/// let token = shop.issue_tokens(&["read_orders"]).access_token;
/// // Send GraphQL to shop.graphql_url("2026-10") with `X-Shopify-Access-Token: {token}`.
/// assert_eq!(shop.duplicates(), 0);
/// shop.stop().await;
/// # Ok(()) }
/// ```
pub struct ShopifySandbox {
    /// `http://127.0.0.1:PORT`: stands for `https://{shop}`; base of the API, of OAuth and of `/admin`.
    pub base_url: String,
    /// Where it listens.
    pub addr: SocketAddr,
    /// The shop's domain: the tenant key.
    pub shop_domain: String,
    /// Faults to inject.
    pub faults: Faults,
    /// Whole exchanges, once switched on.
    pub recorder: Recorder,
    app: Arc<App>,
    running: Running,
}

/// Starts a simulator. Errors: the address cannot be bound, or no thread can be started.
pub async fn start(config: ShopifyConfig) -> io::Result<ShopifySandbox> {
    let addr = config.addr;
    let app = Arc::new(App::new(config)?);
    let running = serve(router(app.clone()), addr).await?;
    Ok(ShopifySandbox {
        base_url: running.base_url.clone(),
        addr: running.addr,
        shop_domain: app.config.shop_domain.clone(),
        faults: app.faults.clone(),
        recorder: app.recorder.clone(),
        app,
        running,
    })
}

impl ShopifySandbox {
    /// `{base_url}/admin/api/{version}/graphql.json`.
    pub fn graphql_url(&self, version: &str) -> String {
        format!("{}/admin/api/{version}/graphql.json", self.base_url)
    }

    /// Tokens with these scopes without the grant screen: expiring ones, or lasting ones for a
    /// custom app.
    pub fn issue_tokens(&self, scopes: &[&str]) -> ShopifyTokens {
        let life = if self.app.config.app == AppKind::Custom { Life::Lasting } else { Life::Expiring };
        self.issue(scopes, life)
    }

    /// A token that never expires, as older apps still hold.
    pub fn issue_lasting_token(&self, scopes: &[&str]) -> ShopifyTokens {
        self.issue(scopes, Life::Lasting)
    }

    fn issue(&self, scopes: &[&str], life: Life) -> ShopifyTokens {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let now_ms = self.app.clock.now_ms();
        self.app.grants().issue(scopes, life, now_ms)
    }

    /// All objects of a kind (`Order`, `ProductVariant`, `InventoryLevel`), as they are stored.
    pub fn entities(&self, kind: &str) -> Vec<Value> {
        let shop = self.app.shop();
        shop.rows(kind).map(|(_, row)| Value::Object(row.body.as_ref().clone())).collect()
    }

    /// How many objects of a kind there are.
    pub fn count(&self, kind: &str) -> usize {
        self.app.shop().count(kind)
    }

    /// One object by its number or global id; `None` when unknown or deleted.
    pub fn get(&self, kind: &str, id: &str) -> Option<Value> {
        self.app.object(kind, id)
    }

    /// Creates a customer, product, order, draft order, refund or company from the input of its
    /// mutation (products: that of `productSet`). The error holds the `userErrors`.
    pub fn create(&self, kind: &str, body: Value) -> Result<Value, Value> {
        self.app.create(kind, body)
    }

    /// Merges fields into a stored object.
    pub fn edit(&self, kind: &str, id: &str, patch: Value) -> Result<Value, Value> {
        self.app.edit(kind, id, patch)
    }

    /// Deletes an object.
    pub fn delete(&self, kind: &str, id: &str) -> Result<Value, Value> {
        self.app.delete(kind, id)
    }

    /// Counters since the start or the last reset.
    pub fn stats(&self) -> Value {
        self.app.counted()
    }

    /// Creates through the API by business key (`Order:INV-1`); more than one is a double write.
    pub fn writes_per_key(&self) -> BTreeMap<String, u64> {
        self.app.tally.group("creates_per_key")
    }

    /// Live objects beyond the first with the same business key.
    pub fn duplicates(&self) -> u64 {
        duplicates(&self.app.shop())
    }

    /// What became of webhooks, oldest first.
    pub fn webhook_outcomes(&self) -> Vec<Outcome> {
        self.app.outcomes()
    }

    /// Ends every access token; refresh tokens stay.
    pub fn expire_access_tokens(&self) {
        self.app.expire_access_tokens();
    }

    /// The merchant uninstalls the app: all tokens are dead, `app/uninstalled` is sent.
    pub fn revoke(&self) {
        self.app.revoke();
    }

    /// Freezes, locks or opens the shop.
    pub fn set_state(&self, state: ShopState) {
        *self.app.state() = state;
    }

    /// Moves the simulator's clock forward by `seconds`: tokens expire, versions fall out of
    /// support, bulk operations finish.
    pub fn advance_clock(&self, seconds: u32) {
        self.app.advance_clock(seconds);
    }

    /// Stops at once; the port is free when this returns.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}
