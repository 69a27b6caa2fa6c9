//! A request, as a manifest writes it down.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::context::{Header, Path, Qbo, Query};
use super::template::{Hole, Template};

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

/// A request below the base URL.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Method; `GET` when absent.
    #[serde(default)]
    pub method: Method,
    /// Path below the base URL; a value fills one segment and is percent-encoded.
    pub path: Template<Path>,
    /// Query parameters; one whose hole has no value is left out.
    #[serde(default)]
    pub query: BTreeMap<String, Template<Query>>,
    /// Headers, added to the provider's; one whose hole has no value is left out.
    #[serde(default)]
    pub headers: BTreeMap<String, Template<Header>>,
    /// A statement in the provider's query language, sent as a parameter.
    pub statement: Option<Statement>,
}

/// A query language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum StatementLanguage {
    /// QuickBooks Online's query language.
    Qbo,
}

/// A statement in a query language; values become quoted and escaped literals.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// The query parameter that carries it.
    pub parameter: String,
    /// Its language, which decides how values are escaped.
    pub language: StatementLanguage,
    /// The statement; holes are not put in quotes, the language does that.
    pub text: Template<Qbo>,
}

impl Request {
    /// Every hole of the request.
    pub fn holes(&self) -> impl Iterator<Item = &Hole> {
        let query = self.query.values().flat_map(Template::holes);
        let headers = self.headers.values().flat_map(Template::holes);
        let statement = self.statement.iter().flat_map(|statement| statement.text.holes());
        self.path.holes().chain(query).chain(headers).chain(statement)
    }
}
