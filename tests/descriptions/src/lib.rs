//! The providers' own interface descriptions, against which requests and answers are held.
//!
//! They are read where they lie and never copied: `HEADWATER_DESCRIPTIONS` names a folder with one folder a provider;
//! without it `../shared/specs` beside the checkout is looked at. Where there is none, the checks say so and stop.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

mod edmx;
mod exchange;
mod graphql;
mod openapi;
mod xsd;

pub use edmx::Edmx;
pub use exchange::Exchange;
pub use graphql::GraphQl;
pub use openapi::OpenApi;
pub use xsd::Xsd;

/// What a description says of one exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It describes the operation; `problems` is empty when request and answer are as described.
    Checked {
        /// The operation: `GET /Invoices/{InvoiceID}`, `mutation productUpdate`, `POST Invoice`.
        operation: String,
        /// What is not as described.
        problems: Vec<String>,
    },
    /// It says nothing of this request.
    Undescribed(String),
}

/// A provider's description in its own form.
pub enum Description {
    /// OpenAPI documents; the first that knows the path is asked.
    OpenApi(Vec<OpenApi>),
    /// A GraphQL schema.
    GraphQl(Box<GraphQl>),
    /// XML schemas of the entities.
    Xsd(Xsd),
    /// OData metadata.
    Edmx(Edmx),
}

impl Description {
    /// The description of a provider, or `None` where there is none on this machine.
    ///
    /// Errors: a description that cannot be read.
    pub fn of(provider: &str) -> anyhow::Result<Option<Self>> {
        let Some(folder) = folder(provider) else { return Ok(None) };
        let (mut documents, mut schemas) = (Vec::new(), Vec::new());
        for path in files(&folder)? {
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("graphql") => return Ok(Some(Self::GraphQl(Box::new(GraphQl::read(&path)?)))),
                Some("xml") => return Ok(Some(Self::Edmx(Edmx::read(&path)?))),
                Some("yaml" | "yml") => documents.extend(OpenApi::read(&path)?),
                Some("xsd") => schemas.push(path),
                _ => {}
            }
        }
        Ok(match (documents.is_empty(), schemas.is_empty()) {
            (false, _) => Some(Self::OpenApi(documents)),
            (true, false) => Some(Self::Xsd(Xsd::read(&schemas)?)),
            (true, true) => None,
        })
    }

    /// Holds one exchange against it.
    pub fn check(&self, exchange: &Exchange) -> Verdict {
        match self {
            Self::OpenApi(documents) => documents
                .iter()
                .map(|document| document.check(exchange))
                .find(|verdict| matches!(verdict, Verdict::Checked { .. }))
                .unwrap_or_else(|| Verdict::Undescribed(exchange.summary())),
            Self::GraphQl(schema) => schema.check(exchange),
            Self::Xsd(schema) => schema.check(exchange),
            Self::Edmx(service) => service.check(exchange),
        }
    }

    /// Holds a whole run against it.
    pub fn cover(&self, exchanges: &[Exchange]) -> Coverage {
        let mut coverage = Coverage::default();
        for exchange in exchanges {
            match self.check(exchange) {
                Verdict::Checked { operation, problems } => {
                    let problems = problems.into_iter().map(|problem| format!("{operation}: {problem}"));
                    for problem in problems {
                        *coverage.problems.entry(problem).or_default() += 1;
                    }
                    coverage.operations.insert(operation);
                }
                Verdict::Undescribed(what) => {
                    coverage.undescribed.insert(what);
                }
            }
        }
        coverage
    }
}

/// What a run touched.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// Operations of the description that were used.
    pub operations: BTreeSet<String>,
    /// Requests that it says nothing of.
    pub undescribed: BTreeSet<String>,
    /// What is not as described, and how often.
    pub problems: BTreeMap<String, u64>,
}

fn folder(provider: &str) -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "a setting of the tests, not of the program")]
    let root = std::env::var("HEADWATER_DESCRIPTIONS")
        .map_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/specs"), PathBuf::from);
    let folder = root.join(provider);
    folder.is_dir().then_some(folder)
}

fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests;
