//! Headwater's outer layer: command line, HTTP interface, settings, and the wiring of everything else.

pub mod cases;
pub mod cli;
pub mod config;
pub mod http;
pub mod shutdown;
pub mod telemetry;
pub mod wiring;

/// Whoever links this crate allocates as the program does: tests and benchmarks run what is shipped.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;
