//! Between events and what is stored of them. Persisted names stand here and nowhere else.

mod metadata;
mod names;
mod payload;
#[cfg(test)]
mod tests;

pub(crate) use metadata::{read_metadata, write_metadata};
pub use names::NAMES;
pub(crate) use names::name;
pub use payload::CodecError;
pub(crate) use payload::{read, write};
