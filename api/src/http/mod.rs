//! The HTTP interface: handlers parse, dispatch and answer; what they refuse is an RFC 9457 problem.

mod answer;
pub mod at_least;
mod auth;
mod body;
mod etag;
mod idempotency;
mod page;
mod params;
mod problem;
mod resource;
mod router;
pub mod state;
mod v1;

pub use at_least::Progress;
pub use router::{openapi, router};
pub use state::AppState;
