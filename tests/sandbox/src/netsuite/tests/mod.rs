//! The simulator over HTTP, as a connector meets it.

mod asynchronous;
mod desk;
mod guards;
mod logins;
mod machine;
mod payments;
mod queries;
mod records;
mod searches;
