//! The credential store: one sealed record per connection or provider app, and the refreshers' leases.

mod sealed;
mod store;

pub use store::DatabaseCredentials;
