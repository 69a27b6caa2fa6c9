//! A request, as a manifest writes it down.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::context::{Header, Path, Query};
use super::errors::{Inner, Matching};
use super::fields::{Members, Several};
use super::template::{Hole, Template};

mod statement;
mod tree;

pub use statement::{Statement, StatementLanguage};
pub use tree::Tree;

/// HTTP method.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Reads.
    #[default]
    Get,
    /// Creates or acts.
    Post,
    /// Replaces.
    Put,
    /// Changes.
    Patch,
    /// Deletes.
    Delete,
}

impl Method {
    /// As sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// How a body is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// JSON (RFC 8259).
    #[default]
    Json,
    /// `application/x-www-form-urlencoded`, nested members in brackets (`items[0][price]=…`); null is an empty value.
    Form,
    /// XML: members are elements, arrays repeated elements, members that begin with `@` attributes.
    Xml,
    /// `multipart/form-data` (RFC 7578), one part per member.
    Multipart,
}

/// A request below the base URL.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Method; `GET` when absent, `POST` for GraphQL.
    pub method: Option<Method>,
    /// Path below the base URL; a value fills one segment and is percent-encoded. GraphQL requests may do without.
    pub path: Option<Template<Path>>,
    /// Query parameters; one whose hole has no value is left out, an array repeats the parameter.
    #[serde(default)]
    pub query: Members<Several<Template<Query>>>,
    /// Headers, added to the provider's; one whose hole has no value is left out.
    #[serde(default)]
    pub headers: Members<Template<Header>>,
    /// The body; of a write without one it is the record.
    pub body: Option<Tree>,
    /// How the body is written; absent means the provider's usual `encoding`.
    pub encoding: Option<Encoding>,
    /// A GraphQL operation, in place of a body.
    pub graphql: Option<Box<GraphQl>>,
    /// A statement in the provider's query language, sent as a parameter or as a member of the body.
    pub statement: Option<Box<Statement>>,
    /// A refusal inside a good answer of this request.
    pub error: Option<Box<Inner>>,
    /// Answers that mean: there is nothing there. 204 and 304 always do.
    #[serde(default)]
    pub empty_when: Vec<Matching>,
    /// Names of further limits that this request counts against.
    #[serde(default)]
    pub limits: Vec<String>,
    /// Name of a method of `[auth.methods]`; absent means the connection's own.
    pub auth: Option<String>,
}

/// A GraphQL operation.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GraphQl {
    /// The document: fixed text, its braces as they are.
    pub query: String,
    /// Fragments of `[graphql.fragments]` that are added to it.
    #[serde(default)]
    pub fragments: Vec<String>,
    /// Its variables; one whose hole has no value is left out.
    #[serde(default)]
    pub variables: Members<Tree>,
}

/// What GraphQL requests have in common.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GraphQlDefaults {
    /// Their path.
    pub path: Option<Template<Path>>,
    /// Fragments by name.
    #[serde(default)]
    pub fragments: BTreeMap<String, String>,
}

impl Request {
    /// The method it is sent with.
    pub fn method(&self) -> Method {
        self.method.unwrap_or(if self.graphql.is_some() { Method::Post } else { Method::Get })
    }

    /// Every hole of the request.
    pub fn holes(&self) -> impl Iterator<Item = &Hole> {
        let path = self.path.iter().flat_map(Template::holes);
        let query = self.query.values().flat_map(|several| several.0.iter().flat_map(Template::holes));
        let headers = self.headers.values().flat_map(Template::holes);
        let body = self.body.iter().flat_map(Tree::holes);
        let variables = self.graphql.iter().flat_map(|graphql| graphql.variables.values());
        let statement = self.statement.iter().flat_map(|statement| statement.text.holes());
        path.chain(query).chain(headers).chain(body).chain(variables.flat_map(Tree::holes)).chain(statement)
    }
}
