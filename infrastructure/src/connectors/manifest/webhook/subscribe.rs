//! How events are subscribed to.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::connectors::manifest::{Place, Request};

/// Subscriptions: made when a connection is confirmed, renewed before they end, deleted when it is given up. Requests
/// may have `{webhook.url}`, `{webhook.event}`, `{webhook.id}`, `{webhook.secret}`, `{webhook.expires}`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subscribe {
    /// What a subscription belongs to.
    #[serde(default)]
    pub per: Per,
    /// One subscription for each of these; none: one for everything.
    #[serde(default)]
    pub events: Vec<String>,
    /// How long a subscription lives, in seconds; absent: it does not end.
    pub lifetime_s: Option<u64>,
    /// How long before its end it is renewed, in seconds; absent: a sixth of its life.
    pub renew_before_s: Option<u64>,
    /// Whether we choose the secret: `{webhook.secret}`, kept as `webhook_secret` of the connection.
    #[serde(default)]
    pub makes_secret: bool,
    /// What is there already.
    pub list: Option<SubscriptionList>,
    /// Makes one.
    pub create: SubscriptionCall,
    /// Prolongs one; absent: it is deleted and made again.
    pub renew: Option<SubscriptionCall>,
    /// Deletes one.
    pub delete: Option<SubscriptionCall>,
}

impl Subscribe {
    /// How long before its end a subscription is renewed, in seconds.
    pub fn renewal_s(&self) -> u64 {
        self.renew_before_s.unwrap_or_else(|| self.lifetime_s.unwrap_or(0) / 6)
    }
}

/// What a subscription belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// A connection; our URL names it.
    #[default]
    Connection,
    /// The app; one for all connections, left alone when one is given up.
    App,
}

/// A call about one subscription.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubscriptionCall {
    /// The call.
    pub request: Request,
    /// Where the answer has the provider's id.
    pub id: Option<Place>,
    /// Where the answer has the secret that deliveries are signed with; kept as `webhook_secret` of the connection.
    pub secret: Option<Place>,
    /// Where the answer says when the subscription ends (RFC 3339).
    pub expires: Option<Place>,
}

/// The call that tells what is there.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubscriptionList {
    /// The call.
    pub request: Request,
    /// Where the answer has the array; absent: the answer is the array.
    pub each: Option<Place>,
    /// Where an element has the provider's id.
    pub id: Place,
    /// Where an element has the URL it is sent to.
    pub url: Place,
    /// Where an element names the event; absent: one for everything.
    pub event: Option<Place>,
}
