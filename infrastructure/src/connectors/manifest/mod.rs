//! The manifest: a provider as data.
//!
//! A provider is a folder: `manifest.toml`, optionally `entities/*.toml` (more `[entities.<Name>]` tables), and
//! `cases/*.toml`. The doc comments of these types are the reference of the language; the JSON Schema for editors is
//! made from them ([`json_schema`]).

mod auth;
mod batch;
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

pub use auth::{ApiKey, Auth, AuthKind, BasicAuth, ClientAuth, OAuth2, RealmFrom};
pub use batch::Batch;
pub use check::{Finding, check};
pub(crate) use context::encoded;
pub use context::{Context, Header, Json, Path, Qbo, Query};
pub use entity::{Entity, Rule};
pub use errors::{Answers, Effect, ErrorRule, Status};
pub use fields::{ArrayOf, FieldIs, Literal, Mapped, Place};
pub use load::{Folder, LoadError, from_files, json_schema, read_folder};
pub use provider::{Base, Bucket, CredentialScope, Feature, Limits, Manifest, Setup, Timing, Verify};
pub use reading::{Carried, Changes, Feed, Finds, List, Order, PageKind, Pages, ReadOne, Search};
pub use request::{Method, Request, Statement, StatementLanguage};
pub use template::{Hole, Part, Template, TemplateError, Values};
pub use webhook::{EventShape, Pick, Root, SecretOf, Signature, SignatureEncoding, Webhooks};
pub use writing::{Member, Sends, Write};

#[cfg(test)]
mod tests;
