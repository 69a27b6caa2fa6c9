//! The credentials of a call, and keeping them fresh: one refresher per connection over all processes, and nothing uses
//! a new token before it is stored.

mod fill;
mod grant;
mod keeper;
mod obtain;
mod using;

pub(super) use fill::holes;
pub(super) use grant::{Grant, missing};
pub(in crate::connectors) use keeper::refresh_now;
pub(super) use using::Using;
