//! What a simulated account and app are like, and how strictly they are guarded.

use std::net::SocketAddr;

use crate::faults::FaultPlan;
use crate::kit::poster::Pace;

/// The simulated app, account and their limits. `Default` has the published limits.
#[derive(Clone, Debug)]
pub struct HubSpotConfig {
    /// Where to listen; a free local port when absent.
    pub addr: Option<SocketAddr>,
    /// The account's number (`hub_id`): the tenant key.
    pub portal_id: u64,
    /// The app's number, as in the paths of its webhook settings.
    pub app_id: u64,
    /// The app's client id.
    pub client_id: String,
    /// The app's client secret: proves the app, signs webhooks.
    pub client_secret: String,
    /// The developer account's key for webhook settings.
    pub developer_key: String,
    /// Token of the account's private app; it has every scope.
    pub private_app_token: String,
    /// Redirect addresses registered with the app; compared exactly.
    pub redirect_uris: Vec<String>,
    /// Lifetime of an access token in seconds (provider: 1800).
    pub access_token_ttl_s: u64,
    /// When set, the consent page answers this OAuth error instead of a code.
    pub authorize_error: Option<String>,
    /// Requests in 10 seconds per account; 0 switches the limit off (provider: 100).
    pub requests_per_10s: u32,
    /// Requests per day of a private app; 0 switches the limit off (provider: 250,000).
    pub requests_per_day: u32,
    /// Searches per second and account; 0 switches the limit off (provider: 5).
    pub searches_per_second: u32,
    /// Words in any property starting with this are an object's business key.
    pub reference_marker: Option<String>,
    /// Faults to inject.
    pub faults: FaultPlan,
    /// Where the app's webhooks go from the start; can be changed through the API.
    pub webhook: Option<WebhookConfig>,
    /// How fast and how often webhooks are delivered (provider: up to 10 retries over a day).
    pub pace: Pace,
    /// Seed of tokens and event ids.
    pub seed: u64,
}

impl Default for HubSpotConfig {
    fn default() -> Self {
        Self {
            addr: None,
            portal_id: 48_213_344,
            app_id: 1_160_452,
            client_id: "hubspot-client".into(),
            client_secret: "hubspot-secret".into(),
            developer_key: "hubspot-developer-key".into(),
            private_app_token: "pat-na1-00000000-0000-4000-8000-000000000001".into(),
            redirect_uris: vec!["http://127.0.0.1/oauth/callback".into()],
            access_token_ttl_s: 1800,
            authorize_error: None,
            requests_per_10s: 100,
            requests_per_day: 250_000,
            searches_per_second: 5,
            reference_marker: None,
            faults: FaultPlan::default(),
            webhook: None,
            pace: Pace { attempts: 11, ..Pace::default() },
            seed: 1,
        }
    }
}

impl HubSpotConfig {
    /// The default account with all throttling off.
    pub fn unlimited() -> Self {
        Self { requests_per_10s: 0, requests_per_day: 0, searches_per_second: 0, ..Self::default() }
    }
}

/// The app's webhook target and subscriptions.
#[derive(Clone, Debug)]
pub struct WebhookConfig {
    /// The receiver's address, one for all accounts.
    pub url: String,
    /// Event types (`contact.creation`); a property change names its property after a space:
    /// `contact.propertyChange email`.
    pub subscriptions: Vec<String>,
}

impl WebhookConfig {
    /// Creations, deletions and merges of contacts, companies and deals, and changes of the
    /// properties named most often.
    pub fn new(url: impl Into<String>) -> Self {
        let mut subscriptions = vec!["contact.privacyDeletion".to_owned()];
        for (kind, properties) in [
            ("contact", &["email", "firstname", "lastname", "phone"][..]),
            ("company", &["name", "domain"][..]),
            ("deal", &["dealname", "amount", "dealstage"][..]),
        ] {
            let events = ["creation", "deletion", "merge", "restore", "associationChange"];
            subscriptions.extend(events.iter().map(|event| format!("{kind}.{event}")));
            subscriptions.extend(properties.iter().map(|name| format!("{kind}.propertyChange {name}")));
        }
        Self { url: url.into(), subscriptions }
    }
}
