//! What a simulated shop and app are like, and how strictly they are guarded.

use std::net::SocketAddr;

use crate::faults::FaultPlan;
use crate::kit::poster::Pace;

/// The simulated app, shop and their limits. `Default` is a Standard shop with the published limits.
#[derive(Clone, Debug)]
pub struct ShopifyConfig {
    /// Where to listen; a free local port when absent.
    pub addr: Option<SocketAddr>,
    /// The shop's domain, as the merchant enters it: the tenant key.
    pub shop_domain: String,
    /// The shop's number.
    pub shop_id: u64,
    /// The shop's name.
    pub shop_name: String,
    /// The shop's currency.
    pub currency: String,
    /// Names of the locations goods are kept at.
    pub locations: Vec<String>,
    /// The app's client id.
    pub client_id: String,
    /// The app's client secret: proves the app, signs callbacks and webhooks.
    pub client_secret: String,
    /// Redirect addresses registered with the app; compared exactly.
    pub redirect_uris: Vec<String>,
    /// Which rules for tokens the app is under.
    pub app: AppKind,
    /// Lifetime of an expiring access token in seconds (provider: 3600).
    pub access_token_ttl_s: u64,
    /// When set, the consent page sends the merchant back without a code.
    pub authorize_denied: bool,
    /// Points of the GraphQL bucket; 0 switches the limit off (provider: 2,000 on Standard).
    pub bucket_points: u64,
    /// Points restored each second (provider: 100 on Standard).
    pub restore_per_second: u64,
    /// Most points one query may ask for; 0 switches the limit off (provider: 1,000).
    pub max_query_cost: u64,
    /// Calls in the legacy REST bucket; 0 switches the limit off (provider: 40 on Standard).
    pub rest_bucket: u64,
    /// REST calls restored each second (provider: 2 on Standard).
    pub rest_per_second: u64,
    /// How long a bulk operation runs, in milliseconds.
    pub bulk_ms: u64,
    /// Words in notes, tags and metafields starting with this are an object's business key.
    pub reference_marker: Option<String>,
    /// Faults to inject.
    pub faults: FaultPlan,
    /// Subscriptions of the app's configuration file, apart from those made through the API.
    pub webhook: Option<WebhookConfig>,
    /// How fast and how often webhooks are delivered. The provider: first try and 8 retries over 4 h.
    pub pace: Pace,
    /// Seed of tokens and event ids.
    pub seed: u64,
}

impl Default for ShopifyConfig {
    fn default() -> Self {
        Self {
            addr: None,
            shop_domain: "headwater-demo.myshopify.com".into(),
            shop_id: 690_933_842,
            shop_name: "Headwater Demo".into(),
            currency: "USD".into(),
            locations: vec!["Main warehouse".into(), "Second warehouse".into()],
            client_id: "shopify-client".into(),
            client_secret: "shopify-secret".into(),
            redirect_uris: vec!["http://127.0.0.1/oauth/callback".into()],
            app: AppKind::Public,
            access_token_ttl_s: 3600,
            authorize_denied: false,
            bucket_points: 2000,
            restore_per_second: 100,
            max_query_cost: 1000,
            rest_bucket: 40,
            rest_per_second: 2,
            bulk_ms: 200,
            reference_marker: None,
            faults: FaultPlan::default(),
            webhook: None,
            pace: Pace { attempts: 9, ..Pace::default() },
            seed: 1,
        }
    }
}

impl ShopifyConfig {
    /// The default shop with all throttling off.
    pub fn unlimited() -> Self {
        Self { bucket_points: 0, max_query_cost: 0, rest_bucket: 0, ..Self::default() }
    }
}

/// Which tokens an app may use (fact sheet, "Auth").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppKind {
    /// A public app made from April 2026: a non-expiring offline token is refused with 403.
    Public,
    /// An older public app: non-expiring tokens work until 1 January 2027.
    OlderPublic,
    /// A custom app or one a merchant made: non-expiring tokens are fine.
    Custom,
}

/// Webhook subscriptions of the app itself.
#[derive(Clone, Debug)]
pub struct WebhookConfig {
    /// The receiver's address.
    pub url: String,
    /// Topics as in the API: `ORDERS_CREATE`. Empty for all.
    pub topics: Vec<String>,
}

impl WebhookConfig {
    /// All topics to one address.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), topics: Vec::new() }
    }
}
