//! Connectors: what a provider can do, and calls to it.
//!
//! A connector is data (its manifest) behind one interpreter; the engine sees only these values. Nothing here carries
//! a secret: credentials are opened inside the adapter, in the call that uses them.

mod calls;
mod connection;
mod operations;
mod provider;
mod reads;
mod webhooks;

pub use calls::*;
pub use connection::*;
pub use operations::*;
pub use provider::*;
pub use reads::*;
pub use webhooks::*;
