//! Provider simulators for tests, benchmarks and the demonstration.
//!
//! They are stateful and strict, they speak real HTTP, and they import none of our other crates,
//! so they cannot agree with our mistakes. What a simulator does not model it refuses.
//!
//! - [`server`]: serving a router, stopping it, dropping a connection;
//! - [`faults`]: the seeded fault sequence every simulator shares;
//! - [`admin`]: the routes by which a run is steered and read;
//! - [`quickbooks`]: QuickBooks Online;
//! - [`rest`]: a generic paged REST API.

pub mod admin;
pub mod faults;
pub mod quickbooks;
pub mod rest;
pub mod server;

#[cfg(test)]
mod test_client;
