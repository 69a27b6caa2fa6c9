//! The org's records.

mod ids;
mod org;
mod seed;

pub(super) use ids::{Spelled, spelled};
pub(super) use org::{Org, Row, Version};
