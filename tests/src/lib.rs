//! What tests stand on: servers, fixtures, builders. Nothing imports this crate.

pub mod browser;
pub mod death;
pub mod hub;
pub mod postgres;
pub mod program;
pub mod realms;
pub mod rig;
