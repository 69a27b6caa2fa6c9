//! From a request of the manifest to the bytes of a call.

use std::collections::BTreeMap;

use application::ports::connector::CallError;
use domain::value::ErrorClass;

use crate::connectors::manifest::{
    Context, Header, Manifest, Request, Statement, Template, TemplateError, Values, encoded,
};

/// A call below the base URL, without credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    /// Method.
    pub(super) method: &'static str,
    /// Path and query.
    pub(super) path: String,
    /// Headers.
    pub(super) headers: Vec<(String, String)>,
    /// Body.
    pub(super) body: String,
}

/// Fills a request. The provider's headers and parameters come first, the request's replace them by name.
pub(super) fn call(manifest: &Manifest, request: &Request, values: &Values<'_>) -> Result<Call, CallError> {
    let mut path = request.path.fill(values).map_err(unfilled)?;
    let mut query = filled(&manifest.query, values)?;
    query.extend(filled(&request.query, values)?);
    if let Some(Statement { parameter, text, .. }) = &request.statement {
        query.insert(parameter.clone(), text.fill(values).map_err(unfilled)?);
    }
    for (at, (name, value)) in query.iter().enumerate() {
        path.push(if at == 0 { '?' } else { '&' });
        path.push_str(&encoded(name));
        path.push('=');
        path.push_str(&encoded(value));
    }
    Ok(Call {
        method: request.method.as_str(),
        path,
        headers: headers(manifest, request, values)?,
        body: String::new(),
    })
}

fn headers(
    manifest: &Manifest,
    request: &Request,
    values: &Values<'_>,
) -> Result<Vec<(String, String)>, CallError> {
    let mut headers = filled::<Header>(&manifest.headers, values)?;
    for (name, value) in filled(&request.headers, values)? {
        headers.retain(|known, _| !known.eq_ignore_ascii_case(&name));
        headers.insert(name, value);
    }
    Ok(headers.into_iter().collect())
}

/// The templates that have a value for every hole.
fn filled<C: Context>(
    templates: &BTreeMap<String, Template<C>>,
    values: &Values<'_>,
) -> Result<BTreeMap<String, String>, CallError> {
    let mut out = BTreeMap::new();
    for (name, template) in templates {
        match template.fill(values) {
            Ok(value) => drop(out.insert(name.clone(), value)),
            Err(TemplateError::Absent { .. }) => {}
            Err(error) => return Err(unfilled(error)),
        }
    }
    Ok(out)
}

/// A request that cannot be said.
#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
pub(super) fn unfilled(error: TemplateError) -> CallError {
    refused(ErrorClass::Mapping, format!("the request cannot be made: {error}"))
}

/// A call that surely had no effect, in our words.
pub(in crate::connectors) fn refused(class: ErrorClass, message: impl Into<String>) -> CallError {
    CallError { class, code: None, message: message.into(), next_step: None, retry_after: None }
}
