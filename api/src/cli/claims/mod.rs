//! `headwater claims`: the table of claims, which follows from the log alone.

mod command;
mod derive;

pub(crate) use command::ClaimsArgs;
