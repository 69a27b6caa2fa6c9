//! Webhooks: handshakes, the signature over the raw bytes, then what the body is about; and subscriptions to them.

mod certificate;
mod handshake;
mod keys;
mod over;
mod shape;
mod shared;
mod signature;
mod subscribe;
mod token;
mod verify;

pub(in crate::connectors) use keys::KeyCache;
pub(in crate::connectors) use subscribe::{renew, subscribe, subscriptions, unsubscribe};
pub(in crate::connectors) use verify::{Delivery, verify};
