//! What the simulated tax account is like, and how strictly it is guarded.

use std::net::SocketAddr;

use crate::faults::FaultPlan;

/// The app, one trader and the limits. `Default` has the published ones.
#[derive(Clone, Debug)]
pub struct HmrcConfig {
    /// Where to listen; a free local port when absent.
    pub addr: Option<SocketAddr>,
    /// The app's client id.
    pub client_id: String,
    /// The app's client secret.
    pub client_secret: String,
    /// Redirect addresses registered with the app; compared exactly.
    pub redirect_uris: Vec<String>,
    /// The trader's VAT registration number, 9 digits.
    pub vrn: String,
    /// Whether the trader is insolvent: it may not submit.
    pub insolvent: bool,
    /// When set, the consent page answers this OAuth error instead of a code.
    pub authorize_error: Option<String>,
    /// Whether calls without the fraud prevention headers of their connection method are refused. HMRC does not refuse
    /// them; it writes to the vendor. On, so that a missing header is seen.
    pub require_fraud_headers: bool,
    /// Lifetime of an access token in seconds (provider: 14,400).
    pub access_token_ttl_s: u64,
    /// Calls in a second for the app; 0 switches the limit off (provider: 3).
    pub calls_per_second: u32,
    /// Faults to inject.
    pub faults: FaultPlan,
    /// Seed of tokens and receipts.
    pub seed: u64,
}

impl Default for HmrcConfig {
    fn default() -> Self {
        Self {
            addr: None,
            client_id: "hmrc-client".into(),
            client_secret: "hmrc-secret".into(),
            redirect_uris: vec!["https://127.0.0.1/oauth/callback".into()],
            vrn: "123456789".into(),
            insolvent: false,
            authorize_error: None,
            require_fraud_headers: true,
            access_token_ttl_s: 14_400,
            calls_per_second: 3,
            faults: FaultPlan::default(),
            seed: 1,
        }
    }
}

impl HmrcConfig {
    /// The default account without its limit.
    pub fn unlimited() -> Self {
        Self { calls_per_second: 0, ..Self::default() }
    }
}
