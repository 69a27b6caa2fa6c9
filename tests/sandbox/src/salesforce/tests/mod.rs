//! The simulator over real HTTP.

mod collections;
mod desk;
mod guards;
mod logins;
mod machine;
mod queries;
mod records;
mod rules;
