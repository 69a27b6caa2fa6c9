//! Webhooks a provider sends: how they are signed, what is asked before they come, what they say, and how they are
//! subscribed to.

mod handshake;
mod over;
mod shape;
mod signature;
mod subscribe;
mod webhooks;

pub use handshake::{Echo, Handshake};
pub use over::{Over, OverPart};
pub use shape::{EventShape, Pick, Root};
pub use signature::{
    HmacKind, KeyText, Keys, Pairs, Signature, SignatureEncoding, SignatureKind, Timestamp, TimestampUnit,
};
pub use subscribe::{Per, Subscribe, SubscriptionCall, SubscriptionList};
pub use webhooks::{SecretOf, WebhookAnswer, Webhooks};
