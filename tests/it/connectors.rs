//! Connectors against simulators over real HTTP, and the cases of every manifest.

mod broken;
mod cases;
mod documents;
mod fuzzed;
mod ports;
mod quickbooks;
mod rest;
