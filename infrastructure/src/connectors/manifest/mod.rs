//! The manifest: a provider as data.
//!
//! A provider is a folder: `manifest.toml`, optionally `entities/*.toml` (more `[entities.<Name>]` tables), and
//! `cases/*.toml`. The doc comments of these types are the reference of the language; the JSON Schema for editors is
//! made from them ([`json_schema`]).

mod address;
mod auth;
mod check;
mod context;
mod entity;
mod errors;
mod fields;
mod load;
mod provider;
mod reading;
mod request;
mod template;
mod webhook;
mod writing;

pub use address::{Address, AddressError, origin_fits};
pub use auth::*;
pub use check::{Finding, check};
pub(crate) use context::encoded;
pub use context::{Context, Header, Json, Path, Query, StatementText};
pub use entity::*;
pub use errors::*;
pub use fields::*;
pub use load::{Folder, LoadError, from_files, json_schema, read_folder};
pub use provider::*;
pub use reading::*;
pub use request::*;
pub(crate) use template::moment;
pub use template::{Format, Hole, Part, Slot, Template, TemplateError, Values};
pub use webhook::*;
pub use writing::*;

#[cfg(test)]
mod tests;
