//! Sends a change to a customer's endpoint.

use chrono::{DateTime, Utc};
use secrecy::SecretString;

/// A message as Standard Webhooks defines it (github.com/standard-webhooks, specification, "Webhook headers").
#[derive(Debug)]
pub struct Message {
    /// Where to; it may carry a token.
    pub url: SecretString,
    /// `webhook-id`: the same in every attempt.
    pub id: String,
    /// `webhook-timestamp`: of this attempt.
    pub at: DateTime<Utc>,
    /// JSON.
    pub body: Vec<u8>,
    /// Keys that sign it (`whsec_…`), the newest first.
    pub secrets: Vec<SecretString>,
}

/// What the endpoint said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// 2xx.
    Taken {
        /// Its status.
        status: u16,
    },
    /// 410: it wants nothing more.
    Gone,
    /// Any other status.
    Refused {
        /// Its status.
        status: u16,
        /// When it asks to be tried again, if it does.
        retry_at: Option<DateTime<Utc>>,
    },
    /// None came, or it may not be called.
    Silent {
        /// Why; without the address.
        why: String,
    },
}

/// The sender.
#[async_trait::async_trait]
pub trait WebhookSender: Send + Sync {
    /// Signs and posts one message. Whether the endpoint took it is the answer, never an error.
    async fn send(&self, message: &Message) -> Reply;

    /// Whether the address may be called at all; else why not.
    fn check(&self, url: &str) -> Result<(), String>;
}
