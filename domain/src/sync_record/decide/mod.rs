//! One file per group of decisions.

pub(super) mod conflict;
pub(super) mod link;
pub(super) mod observe;
pub(super) mod wait;
pub(super) mod write;
