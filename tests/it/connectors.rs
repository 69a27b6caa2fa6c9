//! Connectors against simulators over real HTTP, and the cases of every manifest.

mod cases;
mod documents;
mod ports;
mod quickbooks;
mod rest;
