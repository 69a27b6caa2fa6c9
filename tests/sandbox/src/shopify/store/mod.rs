//! The shop's objects: stored in the shape the API shows, found by global id.

mod gid;
mod metafields;
mod search;
mod shop;
mod table;

pub(super) use gid::{gid, split};
pub(super) use metafields::owner_type;
pub(super) use search::{Filter, camel};
pub(super) use shop::{Change, Shop, View};
pub(super) use table::{Mark, Row};
