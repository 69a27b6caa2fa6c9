//! `headwater connectors`: which providers there are, what is wrong with a manifest, and the beginning of a new one.

mod check;
mod command;
mod entities;
mod facts;
mod folders;
mod list;
mod live;
mod new;

pub(crate) use command::ConnectorsArgs;
