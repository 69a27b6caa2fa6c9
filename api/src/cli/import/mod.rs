//! `headwater import`: records from a CSV or NDJSON file, straight into the database.

mod command;
mod dates;
mod invoice_lines;
mod mapping;
mod pace;
mod record;
mod register;
mod source;
#[cfg(test)]
mod tests;
mod value;

pub(crate) use command::ImportArgs;
pub(crate) use command::import;
