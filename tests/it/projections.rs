//! Projections over the real log and read store, on every database.

mod fixture;
mod following;
mod history;
mod lists;
mod rebuilding;
mod views;
